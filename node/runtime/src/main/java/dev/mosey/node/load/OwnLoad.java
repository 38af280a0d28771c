package dev.mosey.node.load;

import dev.mosey.node.host.ProcessHost.GuestView;
import dev.mosey.node.host.ProcessHost.Guests;
import dev.mosey.policy.load.Loads;
import dev.mosey.policy.load.MachineShare;
import dev.mosey.policy.load.TwoLoads;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * This node's load of itself, from samples of the machine and from what its process host says. A
 * body counts with the cores that it asked for as soon as it is accepted, whether or not it is on
 * the run queue at this instant; one that is on its way out no longer counts.
 */
final class OwnLoad {
  /** Weight of the newest sample of the run queue, which is a snapshot of an instant. */
  private static final double NEWEST = 0.25;

  private static final Set<String> ON_ITS_WAY = Set.of("offered", "moving", "left");

  private final HostId self;
  private final int fixedCores;
  private Machine.Sample sample;
  private Guests guests = new Guests(List.of(), Resources.NONE, 0, 0, Map.of());
  private double speed;
  private int siblings;
  private double siblingsDemand;
  private double runnable = -1;
  private TwoLoads bodies = TwoLoads.NONE;
  private TwoLoads foreign = TwoLoads.NONE;
  private String mode = "open";
  private long waiting;
  private int headPriority;
  private long headSinceMillis;
  private long seq;

  /**
   * Not sampled yet.
   *
   * @param fixedCores that count as this node's own; 0 = found out
   */
  OwnLoad(HostId self, int fixedCores, double speed, Machine.Sample first) {
    this.self = self;
    this.fixedCores = fixedCores;
    this.speed = speed;
    this.sample = first;
  }

  void speed(double measured) {
    speed = measured;
  }

  void mode(String changed) {
    mode = changed;
  }

  String mode() {
    return mode;
  }

  void queue(long waitingNow, int priority, long sinceMillis) {
    waiting = waitingNow;
    headPriority = priority;
    headSinceMillis = sinceMillis;
  }

  /** The other nodes of this machine, and how many bodies they run. */
  void siblings(int count, double demand) {
    siblings = count;
    siblingsDemand = demand;
  }

  /** Own bodies changed: no lag where they may count at once. */
  void guests(Guests changed) {
    guests = changed;
    double now = bodiesLoad();
    bodies = new TwoLoads(Math.min(bodies.own(), now), Math.max(bodies.exported(), now));
  }

  /** One second has passed. */
  void sampled(Machine.Sample next) {
    sample = next;
    runnable = runnable < 0 ? next.runnable() : runnable + NEWEST * (next.runnable() - runnable);
    bodies = bodies.next(bodiesLoad());
    double others = MachineShare.foreign(runnable, demand(), siblingsDemand);
    foreign = foreign.next(MachineShare.foreignLoad(others, next.cores(), speed));
  }

  private double bodiesLoad() {
    return Loads.load(demand(), cores(), speed);
  }

  private double demand() {
    double demand = 0;
    for (GuestView guest : guests.guests()) {
      if (!ON_ITS_WAY.contains(guest.phase()) && !guest.phase().equals("frozen")) {
        demand += Loads.demand(guest.spec().resources());
      }
    }
    return demand;
  }

  private int occupied() {
    return (int) guests.guests().stream().filter(guest -> !guest.phase().equals("left")).count();
  }

  private int cores() {
    return fixedCores > 0
        ? fixedCores
        : MachineShare.cores(sample.cores(), sample.limitCores(), siblings + 1);
  }

  /** A new report, numbered. */
  LoadReport report(long wallMillis) {
    return report(++seq, bodies.exported() + foreign.exported(), foreign.exported(), wallMillis);
  }

  /** The same with what this node believes of itself; not to be sent. */
  LoadReport belief(long wallMillis) {
    return report(seq, bodies.own() + foreign.own(), foreign.own(), wallMillis);
  }

  private LoadReport report(long number, double load, double foreignLoad, long wallMillis) {
    int occupied = occupied();
    return new LoadReport(
        self,
        number,
        0,
        load,
        speed,
        cores(),
        occupied + guests.freeSlots(),
        occupied,
        guests.free(),
        sample.memoryTotalMb(),
        sample.memoryFreeMb(),
        sample.pressureCpu(),
        sample.pressureMemory(),
        sample.pressureIo(),
        mode,
        waiting,
        headPriority,
        waiting == 0 ? 0 : Math.max(0, wallMillis - headSinceMillis),
        sample.id(),
        foreignLoad,
        sample.swapTotalMb(),
        sample.swapFreeMb());
  }

  List<String> unread() {
    return sample.unread();
  }
}
