package dev.mosey.sim.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Visits every world that can be reached, breadth first, so that the first fault found has a
 * shortest way to it. A world is told from another by a fingerprint of 64 bits: with a million
 * worlds the chance that two different ones are taken for one is about 1 in 40 million.
 */
public final class Explorer {
  private final Profile profile;
  private final LongSet seen = new LongSet();
  private int[] parents = new int[1 << 16];
  private short[] ways = new short[1 << 16];
  private int states;
  private long transitions;
  private int depth;
  private int livenessChecks;

  /**
   * What came of it.
   *
   * @param states different worlds visited
   * @param transitions steps taken, to known worlds as well
   * @param depth steps to the farthest world
   * @param livenessChecks worlds from which a fair schedule was tried
   * @param complete whether every world was visited
   * @param fault what was broken, or null
   * @param trace one line for each step to the fault
   */
  public record Result(
      int states,
      long transitions,
      int depth,
      int livenessChecks,
      boolean complete,
      String fault,
      List<String> trace) {
    /** One line, and the trace if there is a fault. */
    public String describe(String name) {
      StringBuilder text =
          new StringBuilder()
              .append("explorer %-12s %,9d states".formatted(name, states))
              .append(" %,11d steps, depth %3d".formatted(transitions, depth))
              .append(", %,7d fair schedules".formatted(livenessChecks))
              .append(complete ? ", complete" : fault == null ? ", cut off" : "");
      if (fault != null) {
        text.append("\nFAULT: ").append(fault);
        for (int i = 0; i < trace.size(); i++) {
          text.append("\n%4d  %s".formatted(i + 1, trace.get(i)));
        }
      }
      return text.toString();
    }
  }

  private record Node(World world, int number, int depth) {}

  private Explorer(Profile profile) {
    this.profile = profile;
  }

  /** Visits everything within the profile's bounds, or stops at the first fault. */
  public static Result explore(Profile profile) {
    return new Explorer(profile).run();
  }

  /**
   * Goes through long random histories where there are too many worlds to visit them all. Each ends
   * with a fair schedule.
   *
   * @param seed the same seed, the same histories
   * @param walks how many
   * @param steps length of each at most
   */
  public static Result walk(Profile profile, long seed, int walks, int steps) {
    LongSet seen = new LongSet();
    long taken = 0;
    int longest = 0;
    for (int walk = 0; walk < walks; walk++) {
      Random random = new Random(seed + walk);
      World world = World.begin(profile);
      List<Action> way = new ArrayList<>();
      try {
        for (int i = 0; i < steps; i++) {
          List<Action> actions = Actions.of(world);
          if (actions.isEmpty()) {
            break;
          }
          way.add(actions.get(random.nextInt(actions.size())));
          world = way.getLast().apply(world);
          taken++;
          seen.add(Canon.of(world));
          Invariants.check(world);
        }
        longest = Math.max(longest, way.size());
        FairSchedule.check(world);
      } catch (Fault fault) {
        List<String> trace = new ArrayList<>();
        way.forEach(action -> trace.add(action.what().get()));
        String what = fault.getMessage() + " (seed " + (seed + walk) + ")";
        return new Result(seen.size(), taken, way.size(), walk + 1, false, what, trace);
      }
    }
    return new Result(seen.size(), taken, longest, walks, false, null, List.of());
  }

  private Result run() {
    ArrayDeque<Node> open = new ArrayDeque<>();
    World begin = World.begin(profile);
    remember(begin, -1, 0);
    open.add(new Node(begin, 0, 0));
    while (!open.isEmpty()) {
      Node node = open.poll();
      depth = node.depth;
      if (profile.livenessEvery() > 0 && node.number % profile.livenessEvery() == 0) {
        livenessChecks++;
        try {
          FairSchedule.check(node.world);
        } catch (Fault fault) {
          return result(false, fault, way(node.number));
        }
      }
      List<Action> actions = Actions.of(node.world);
      for (int i = 0; i < actions.size(); i++) {
        transitions++;
        World after;
        try {
          after = actions.get(i).apply(node.world);
          Invariants.check(after);
        } catch (Fault fault) {
          List<String> trace = way(node.number);
          trace.add(actions.get(i).what().get());
          return result(false, fault, trace);
        }
        if (remember(after, node.number, i)) {
          open.add(new Node(after, states - 1, node.depth + 1));
        }
      }
      if (states >= profile.statesMax()) {
        return result(false, null, List.of());
      }
    }
    return result(true, null, List.of());
  }

  private Result result(boolean complete, Fault fault, List<String> trace) {
    return new Result(
        states,
        transitions,
        depth,
        livenessChecks,
        complete,
        fault == null ? null : fault.getMessage(),
        trace);
  }

  private boolean remember(World world, int parent, int way) {
    if (!seen.add(Canon.of(world))) {
      return false;
    }
    if (states == parents.length) {
      parents = Arrays.copyOf(parents, 2 * states);
      ways = Arrays.copyOf(ways, 2 * states);
    }
    parents[states] = parent;
    ways[states] = (short) way;
    states++;
    return true;
  }

  /** The steps to a world, taken again from the beginning. */
  private List<String> way(int number) {
    List<Integer> steps = new ArrayList<>();
    for (int at = number; at > 0; at = parents[at]) {
      steps.add(0, (int) ways[at]);
    }
    List<String> trace = new ArrayList<>();
    World world = World.begin(profile);
    for (int step : steps) {
      Action action = Actions.of(world).get(step);
      trace.add(action.what().get());
      world = action.apply(world);
    }
    return trace;
  }
}
