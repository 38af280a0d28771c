package dev.mosey.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What goes wrong in a run: a function of its seed. The nodes are divided between lanes, which go
 * their ways side by side; within a lane one fault follows the other, each kind at least once. A
 * power cut is for all nodes, and only the first lane has it.
 */
final class Plan {
  private static final int KINDS = 8;
  private static final long PAUSE_MILLIS_MOST = 4_000;
  private static final long DOWN_MILLIS_MOST = 8_000;

  private final Random random;
  private final List<String> own;
  private final List<String> all;
  private final boolean first;
  private final List<Integer> kinds = new ArrayList<>();

  /**
   * A step of the plan.
   *
   * @param pauseMillis since the fault before was put right
   */
  record Step(long pauseMillis, Fault fault) {}

  private Plan(long seed, List<String> own, List<String> all, boolean first) {
    this.random = new Random(seed);
    this.own = own;
    this.all = all;
    this.first = first;
  }

  /** One plan for each lane; the lanes have no node in common, the first has the fewer. */
  static List<Plan> lanes(long seed, List<String> nodes) {
    int half = nodes.size() / 2;
    return List.of(
        new Plan(seed, nodes.subList(0, half), nodes, true),
        new Plan(seed + 1, nodes.subList(half, nodes.size()), nodes, false));
  }

  /** How many steps it takes until each kind has been there. */
  int kinds() {
    return first ? KINDS + 1 : KINDS;
  }

  /** The next step. */
  Step next() {
    if (kinds.isEmpty()) {
      for (int kind = 0; kind < kinds(); kind++) {
        kinds.add(kind);
      }
      Collections.shuffle(kinds, random);
    }
    return new Step(random.nextLong(PAUSE_MILLIS_MOST), fault(kinds.removeLast()));
  }

  private Fault fault(int kind) {
    String node = own.get(random.nextInt(own.size()));
    long millis = 500 + random.nextLong(DOWN_MILLIS_MOST);
    return switch (kind) {
      case 0 -> new Fault.KillDaemon(node, millis);
      case 1 -> new Fault.FreezeDaemon(node, 2 * millis);
      case 2 -> new Fault.FreezeBoth(node, 2 * millis);
      case 3 -> new Fault.KillKeeper(node);
      case 4 -> new Fault.KillWarden(node);
      case 5 -> new Fault.Restart(node);
      case 6 -> new Fault.KillBody(node);
      case 7 -> new Fault.Replace(node);
      default -> {
        List<String> order = new ArrayList<>(all);
        Collections.shuffle(order, random);
        yield new Fault.PowerCut(order, millis / 2);
      }
    };
  }
}
