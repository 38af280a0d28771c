package dev.mosey.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * What goes wrong in a run: a function of its seed. The nodes are divided between lanes, which go
 * their ways side by side; within a lane one fault follows the other, each kind at least once. What
 * concerns all nodes only the first lane has.
 */
final class Plan {
  private static final long PAUSE_MILLIS_MOST = 4_000;
  private static final long DOWN_MILLIS_MOST = 8_000;
  private static final int COUNT_MOST = 6;

  /** Steps of the protocol at a home and at a host, before which a daemon halts. */
  private static final List<String> STEPS =
      List.of(
          "SendOrders",
          "FetchImage",
          "Send",
          "ReportSoon",
          "StartBody",
          "PauseBody",
          "StopBody",
          "SetLease",
          "SpoolPut",
          "SpoolDrop",
          "MoveOver");

  private final Random random;
  private final List<String> own;
  private final List<String> all;
  private final List<Kind> possible;
  private final List<Kind> left = new ArrayList<>();

  /** What a fault needs of the machine. */
  enum Needs {
    NOTHING,
    /** A network for each node. */
    NETWORKS,
    /** A disk for each node. */
    DISKS,
    /** Books in a database. */
    DATABASE
  }

  /** All kinds of fault. */
  enum Kind {
    KILL_DAEMON,
    FREEZE_DAEMON,
    FREEZE_BOTH,
    KILL_KEEPER,
    KILL_WARDEN,
    FREEZE_WARDEN,
    KILL_BODY,
    FREEZE_BODY,
    RESTART,
    REPLACE,
    HALT_AT,
    TORN_JOURNAL,
    FLIPPED_JOURNAL,
    FLIPPED_IMAGE,
    FULL_DISK(Needs.DISKS, false),
    STALLED_DISK(Needs.DISKS, false),
    CUT(Needs.NETWORKS, true),
    CRASH_DATABASE(Needs.DATABASE, true),
    POWER_CUT(Needs.NOTHING, true);

    private final Needs needs;
    private final boolean ofAll;

    Kind() {
      this(Needs.NOTHING, false);
    }

    Kind(Needs needs, boolean ofAll) {
      this.needs = needs;
      this.ofAll = ofAll;
    }

    Needs needs() {
      return needs;
    }
  }

  /**
   * A step of the plan.
   *
   * @param pauseMillis since the fault before was put right
   */
  record Step(long pauseMillis, Kind kind, Fault fault) {}

  private Plan(long seed, List<String> own, List<String> all, boolean first, Set<Needs> there) {
    this.random = new Random(seed);
    this.own = own;
    this.all = all;
    this.possible =
        Arrays.stream(Kind.values())
            .filter(kind -> there.contains(kind.needs))
            .filter(kind -> first || !kind.ofAll)
            .toList();
  }

  /**
   * One plan for each lane; the lanes have no node in common, the first has the fewer.
   *
   * @param there what faults may need
   */
  static List<Plan> lanes(long seed, List<String> nodes, Set<Needs> there) {
    int half = nodes.size() / 2;
    return List.of(
        new Plan(seed, nodes.subList(0, half), nodes, true, there),
        new Plan(seed + 1, nodes.subList(half, nodes.size()), nodes, false, there));
  }

  /** How many steps it takes until each kind has been there. */
  int kinds() {
    return possible.size();
  }

  /** The next step. */
  Step next() {
    if (left.isEmpty()) {
      left.addAll(possible);
      Collections.shuffle(left, random);
    }
    Kind kind = left.removeLast();
    return new Step(random.nextLong(PAUSE_MILLIS_MOST), kind, fault(kind));
  }

  private Fault fault(Kind kind) {
    String node = own.get(random.nextInt(own.size()));
    long millis = 500 + random.nextLong(DOWN_MILLIS_MOST);
    return switch (kind) {
      case KILL_DAEMON -> new Fault.KillDaemon(node, millis);
      case FREEZE_DAEMON -> new Fault.FreezeDaemon(node, 2 * millis);
      case FREEZE_BOTH -> new Fault.FreezeBoth(node, 2 * millis);
      case KILL_KEEPER -> new Fault.KillKeeper(node);
      case KILL_WARDEN -> new Fault.KillWarden(node);
      case FREEZE_WARDEN -> new Fault.FreezeWarden(node, millis);
      case KILL_BODY -> new Fault.KillBody(node);
      case FREEZE_BODY -> new Fault.FreezeBody(node, millis);
      case RESTART -> new Fault.Restart(node);
      case REPLACE -> new Fault.Replace(node);
      case HALT_AT ->
          new Fault.HaltAt(
              node,
              STEPS.get(random.nextInt(STEPS.size())),
              1 + random.nextInt(COUNT_MOST),
              millis / 2);
      case TORN_JOURNAL -> new Fault.TornJournal(node, millis / 2);
      case FLIPPED_JOURNAL -> new Fault.FlippedJournal(node, random.nextDouble());
      case FLIPPED_IMAGE -> new Fault.FlippedImage(node, random.nextDouble());
      case FULL_DISK -> new Fault.FullDisk(node, millis);
      case STALLED_DISK -> new Fault.StalledDisk(node, millis);
      case CUT -> new Fault.Cut(some(), random.nextBoolean(), 2 * millis);
      case CRASH_DATABASE -> new Fault.CrashDatabase(millis);
      case POWER_CUT -> new Fault.PowerCut(shuffled(), millis / 2);
    };
  }

  private List<String> shuffled() {
    List<String> order = new ArrayList<>(all);
    Collections.shuffle(order, random);
    return order;
  }

  /** Some, but not all. */
  private Set<String> some() {
    return new TreeSet<>(shuffled().subList(0, 1 + random.nextInt(all.size() - 1)));
  }
}
