package dev.mosey.policy.balance;

import dev.mosey.policy.load.Loads;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One node as a decision sees it: its report, with what is under way added.
 *
 * @param host the node in its session
 * @param load 1.0 = every core is busy once
 * @param speed above 0; 1.0 = standard
 * @param cores 1 or more
 * @param slots how many processes it would run at most
 * @param running processes there, those on their way counted
 * @param free resources not reserved
 * @param memoryTotalMb of the machine; 0 unknown
 * @param memoryFreeMb available
 * @param open whether it takes guests
 * @param ageMillis how old this is
 * @param knownMillis for how long the node has been known in this session
 * @param foreign the part of the load that none of the processes counted in {@code running} causes
 */
public record NodeState(
    HostId host,
    double load,
    double speed,
    int cores,
    int slots,
    int running,
    Resources free,
    long memoryTotalMb,
    long memoryFreeMb,
    boolean open,
    long ageMillis,
    long knownMillis,
    double foreign) {

  /** Makes senseless figures harmless: a report comes from another machine. */
  public NodeState {
    cores = Math.max(1, cores);
    speed = speed > 0 && Double.isFinite(speed) ? speed : 1;
    load = load >= 0 && Double.isFinite(load) ? load : 0;
    foreign = foreign >= 0 && Double.isFinite(foreign) ? foreign : 0;
  }

  /** Of a node of which it is not known what part of its load is foreign: all of it may be. */
  public NodeState(
      HostId host,
      double load,
      double speed,
      int cores,
      int slots,
      int running,
      Resources free,
      long memoryTotalMb,
      long memoryFreeMb,
      boolean open,
      long ageMillis,
      long knownMillis) {
    this(
        host,
        load,
        speed,
        cores,
        slots,
        running,
        free,
        memoryTotalMb,
        memoryFreeMb,
        open,
        ageMillis,
        knownMillis,
        load);
  }

  /** From a report. */
  public static NodeState of(LoadReport report, long knownMillis) {
    return new NodeState(
        report.host(),
        report.load(),
        report.speed(),
        report.cores(),
        report.slots(),
        report.running(),
        report.free(),
        report.memoryTotalMb(),
        report.memoryFreeMb(),
        report.open(),
        report.ageMillis(),
        knownMillis,
        report.foreign());
  }

  /**
   * All nodes made comparable: the nodes of one machine share its run queue, which each has sampled
   * at another moment; so that chance makes no difference between them, they get one figure for
   * other people's work, the first of them in the list setting it.
   *
   * @param reports the reader's own first
   * @param known for how long each has been known, in the same order
   */
  public static List<NodeState> comparable(List<LoadReport> reports, List<Long> known) {
    Map<String, Double> foreign = new HashMap<>();
    List<NodeState> states = new ArrayList<>(reports.size());
    for (int i = 0; i < reports.size(); i++) {
      LoadReport report = reports.get(i);
      NodeState state = of(report, known.get(i));
      if (report.machine() != null) {
        Double same = foreign.putIfAbsent(report.machine(), report.foreign());
        if (same != null) {
          state = state.withForeign(same);
        }
      }
      states.add(state);
    }
    return states;
  }

  /** Its name. */
  public NodeName name() {
    return host.node();
  }

  /** The load that one usual process adds here. */
  public double unit() {
    return Loads.load(Loads.USUAL_DEMAND, cores, speed);
  }

  /** Processes more that it would take. */
  public int freeSlots() {
    return Math.max(0, slots - running);
  }

  /** The load after a process with this request has come. */
  public double loadAfter(Resources request) {
    return Loads.afterArrival(load, Loads.demand(request), cores, speed);
  }

  /**
   * The load that processes and other people's work cause at present. The load that is exported
   * falls slowly behind what has ended; whoever places by it keeps away from a node that is free
   * again. The number of processes knows no delay, so the less of both counts.
   */
  public double presentLoad() {
    double reserved = Math.max(running, cores - free.cores());
    return Math.min(load, foreign + Loads.load(reserved, cores, speed));
  }

  /** Whether there is a slot and room for this request. */
  public boolean fits(Resources request) {
    if (freeSlots() <= 0) {
      return false;
    }
    for (Map.Entry<String, Double> amount : request.amounts().entrySet()) {
      if (amount.getValue() > available(amount.getKey())) {
        return false;
      }
    }
    return true;
  }

  /** What is left of a resource: not reserved, and of memory no more than is really there. */
  public double available(String resource) {
    return really(resource, free);
  }

  /** The same, of what is not reserved by another account. */
  public double really(String resource, Resources unreserved) {
    double left = unreserved.get(resource);
    boolean measured = resource.equals(Resources.MEMORY_MB) && memoryTotalMb > 0;
    return measured ? Math.min(left, (double) memoryFreeMb) : left;
  }

  /** The same node with another load. */
  public NodeState withLoad(double other) {
    return with(other, foreign);
  }

  /** The same node with another figure for what none of its processes causes. */
  private NodeState withForeign(double other) {
    return with(Math.max(0, load - foreign + other), other);
  }

  private NodeState with(double load, double foreign) {
    return new NodeState(
        host,
        load,
        speed,
        cores,
        slots,
        running,
        free,
        memoryTotalMb,
        memoryFreeMb,
        open,
        ageMillis,
        knownMillis,
        foreign);
  }

  /** After a process with this request has come. */
  public NodeState withArrival(Resources request) {
    return withArrivals(request, 1);
  }

  /** After so many processes with this request have come. */
  public NodeState withArrivals(Resources request, int count) {
    double added = Loads.load(count * Loads.demand(request), cores, speed);
    return changed(load + added, running + count, request.times(count), -1);
  }

  /** After a process with this request has left. */
  public NodeState withDeparture(Resources request) {
    double without = load - Loads.load(Loads.demand(request), cores, speed);
    return changed(Math.max(0, without), Math.max(0, running - 1), request, 1);
  }

  /** With so much less load and so much more free memory; only for comparing costs. */
  NodeState without(double lessLoad, long memoryMb) {
    NodeState lighter = withLoad(Math.max(0, load - lessLoad));
    return new NodeState(
        host,
        lighter.load,
        speed,
        cores,
        slots,
        running,
        free,
        memoryTotalMb,
        memoryFreeMb + memoryMb,
        open,
        ageMillis,
        knownMillis,
        foreign);
  }

  private NodeState changed(double load, int running, Resources request, int sign) {
    return new NodeState(
        host,
        load,
        speed,
        cores,
        slots,
        running,
        sign < 0 ? free.minus(request) : free.plus(request),
        memoryTotalMb,
        memoryFreeMb + sign * Math.round(request.memoryMb()),
        open,
        ageMillis,
        knownMillis,
        foreign);
  }
}
