package dev.mosey.sim.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * All policies on the same scenarios, pair by pair.
 *
 * @param workload by name
 * @param outcomes by policy, in the order of the seeds
 */
public record Comparison(String workload, Map<String, List<Outcome>> outcomes) {
  /** What moves nothing, and what any balancer must not be worse than. */
  public static final List<String> BASELINES = List.of("static", "random", "round-robin");

  /** Runs one workload under these policies with the seeds 1 to {@code seeds}. */
  public static Comparison of(
      String workload,
      List<String> policies,
      int nodes,
      int tasks,
      int seeds,
      Map<String, String> tunes) {
    Map<String, List<Outcome>> outcomes = new LinkedHashMap<>();
    for (String policy : policies) {
      outcomes.put(
          policy,
          LongStream.rangeClosed(1, seeds)
              .parallel()
              .mapToObj(
                  seed ->
                      Simulation.run(
                              Workloads.of(workload, nodes, tasks, seed), policy, tunes, seed)
                          .outcome())
              .toList());
    }
    return new Comparison(workload, outcomes);
  }

  /** Mean slowdown of a policy. */
  public Estimate slowdown(String policy) {
    return Estimate.of(outcomes.get(policy).stream().map(Outcome::meanSlowdown).toList());
  }

  /** By how much one policy's mean slowdown exceeds another's, seed by seed. */
  public Estimate excess(String policy, String other) {
    List<Double> differences = new ArrayList<>();
    List<Outcome> ones = outcomes.get(policy);
    List<Outcome> others = outcomes.get(other);
    for (int i = 0; i < ones.size(); i++) {
      differences.add(ones.get(i).meanSlowdown() - others.get(i).meanSlowdown());
    }
    return Estimate.of(differences);
  }

  /** Whether two policies' mean slowdowns differ beyond chance; one seed proves nothing. */
  public boolean differ(String policy, String other) {
    Estimate excess = excess(policy, other);
    return outcomes.get(policy).size() > 1 && Math.abs(excess.mean()) > excess.halfWidth();
  }

  /** Whether a policy is worse beyond chance than the best baseline that ran. */
  public boolean worseThanBaselines(String policy) {
    String best = bestBaseline();
    return best != null && differ(policy, best) && excess(policy, best).mean() > 0;
  }

  /** The baseline with the least mean slowdown among those that ran, or null. */
  public String bestBaseline() {
    String best = null;
    for (String baseline : BASELINES) {
      if (outcomes.containsKey(baseline)
          && (best == null || slowdown(baseline).mean() < slowdown(best).mean())) {
        best = baseline;
      }
    }
    return best;
  }
}
