package dev.mosey.policy.place;

import dev.mosey.policy.balance.NodeState;
import dev.mosey.protocol.api.WhyView.Candidate;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says what keeps a job from a host: the first thing that does, as placing sees it. */
public final class Obstacles {
  private static final int NAMED_MOST = 4;

  private Obstacles() {}

  /**
   * Why a job could or could not run on each of these hosts now, one line each.
   *
   * @param refused hosts that lack what it needs, with their words
   */
  public static List<Candidate> explain(
      JobSpec spec, Map<NodeName, String> refused, List<Room> rooms) {
    List<Candidate> candidates = new ArrayList<>();
    for (Room room : rooms) {
      String name = room.state().name().value();
      String lasting = lasting(spec, room.state());
      String never = lasting == null ? refused.get(room.state().name()) : lasting;
      String obstacle = never == null ? passing(spec, room) : never;
      candidates.add(
          obstacle == null
              ? new Candidate(name, true, "has room", false)
              : new Candidate(name, false, obstacle, never != null));
    }
    return candidates;
  }

  /**
   * Why none of these hosts could ever run it, as they are; empty while one could, if only later.
   */
  public static Optional<String> hopeless(JobSpec spec, List<Room> rooms) {
    Map<String, List<String>> hosts = new LinkedHashMap<>();
    for (Room room : rooms) {
      String obstacle = lasting(spec, room.state());
      if (obstacle == null) {
        return Optional.empty();
      }
      hosts.computeIfAbsent(obstacle, any -> new ArrayList<>()).add(room.state().name().value());
    }
    if (hosts.size() <= 1) {
      return hosts.keySet().stream().findFirst();
    }
    String named =
        hosts.entrySet().stream()
            .limit(NAMED_MOST)
            .map(entry -> String.join(", ", entry.getValue()) + ": " + entry.getKey())
            .collect(Collectors.joining("; "));
    return Optional.of(
        hosts.size() <= NAMED_MOST ? named : named + "; " + (hosts.size() - NAMED_MOST) + " more");
  }

  /** What it could wait for, or null. */
  private static String passing(JobSpec spec, Room room) {
    NodeState state = room.state();
    if (!state.open()) {
      return "takes no guests now";
    }
    if (room.fits(spec.resources()) > 0) {
      return null;
    }
    if (state.freeSlots() < 1) {
      return state.slots() == 1 ? "its slot is taken" : "all " + state.slots() + " slots are taken";
    }
    for (var amount : spec.resources().amounts().entrySet()) {
      String name = amount.getKey();
      double free = state.available(name);
      if (room.slots() > 0) {
        free = Math.min(free, room.available(name));
      }
      if (amount.getValue() > free) {
        return wanted(name, amount.getValue(), free, "free");
      }
    }
    return "has room, and has not offered it to this home yet";
  }

  /** What waiting does not change, or null. */
  private static String lasting(JobSpec spec, NodeState state) {
    if (!spec.mayRunOn(state.name())) {
      return spec.on().isEmpty() || spec.on().contains(state.name())
          ? "the job must not run here"
          : "the job runs only on "
              + spec.on().stream().map(NodeName::value).collect(Collectors.joining(", "));
    }
    if (state.slots() == 0) {
      return "hosts nothing";
    }
    for (var amount : spec.resources().amounts().entrySet()) {
      double most = most(amount.getKey(), state);
      if (amount.getValue() > most) {
        return wanted(amount.getKey(), amount.getValue(), most, "in all");
      }
    }
    return null;
  }

  /** How much of a resource a host has, as far as its report lets one say. */
  private static double most(String resource, NodeState state) {
    double free = state.free().get(resource);
    if (state.running() == 0) {
      return free;
    }
    return switch (resource) {
      case Resources.CORES -> Math.max(free, Math.max(state.cores(), state.slots()));
      case Resources.MEMORY_MB ->
          state.memoryTotalMb() > 0
              ? Math.max(free, (double) state.memoryTotalMb())
              : Double.POSITIVE_INFINITY;
      default -> Double.POSITIVE_INFINITY;
    };
  }

  private static String wanted(String resource, double wanted, double there, String how) {
    boolean memory = resource.equals(Resources.MEMORY_MB);
    String name = memory ? "memory" : resource;
    String unit = memory ? " MiB" : "";
    return name + ": " + text(wanted) + unit + " wanted, " + text(there) + unit + " " + how;
  }

  private static String text(double amount) {
    return amount == Math.rint(amount) ? Long.toString((long) amount) : Double.toString(amount);
  }
}
