package dev.mosey.tools.docs;

import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Operand;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;
import java.util.List;

/**
 * {@code mosim} as its manual page and completions need it. The simulator reads its command line
 * itself, for it stands beside the node's policies and not among the tools; a test of the
 * distribution compares the two.
 */
final class Mosim {
  private static final Values WORKLOADS =
      Values.words(
          "poisson",
          "bursty",
          "heavy-cpu",
          "heavy-memory",
          "memory-told",
          "bag",
          "unequal",
          "one-home",
          "tides",
          "failing",
          "scale");

  private static final Values POLICIES =
      Values.words("opportunity-cost", "threshold", "static", "random", "round-robin", "oracle");

  private static final Option NODES = Option.value("--nodes", "N", "How many nodes (16).");
  private static final Option TUNES =
      Option.value("--tunes", "T=V,...", "Thresholds, by their names.");
  private static final Option SEED =
      Option.value("--seed", "S", "The same seed, the same result (1).");

  private Mosim() {}

  static Command command() {
    return Command.named("mosim", "Simulates the balancer of a Mosey cluster")
        .details(
            "Runs the very policy and gossip classes of the live node under virtual time, with a"
                + " model of programs, machines, network and faults.",
            "Everything is drawn from the seed, which is printed: the same seed, the same result."
                + " Each subcommand takes -o table or -o json.")
        .verbs(List.of(run(), compare(), curve(), paper()))
        .exits("0:done", "1:a promise was broken", "2:wrong usage")
        .examples(
            "mosim run unequal --policy opportunity-cost --svg loads.svg",
            "mosim compare tides bag --tunes differential=1",
            "mosim curve tides --tune differential --values 0,1,2,4 --svg curve.svg",
            "mosim paper gossip");
  }

  private static Command run() {
    return Command.named("run", "One workload under one policy, or under all of them")
        .operands(Operand.any("WORKLOAD", WORKLOADS, "Which; poisson by default."))
        .options(
            Option.value("--policy", "P", "Which policy (all of them).").of(POLICIES),
            NODES,
            Option.value("--tasks", "N", "How many tasks (1000)."),
            SEED,
            TUNES,
            Option.value("--trace", "FILE", "A recorded workload, exported from a history.")
                .of(Values.FILE),
            Option.value("--svg", "FILE", "A picture of the load of each node.").of(Values.FILE));
  }

  private static Command compare() {
    return Command.named("compare", "All policies on all workloads, over paired seeds")
        .operands(Operand.any("WORKLOAD", WORKLOADS, "Which; all by default."))
        .options(
            Option.value("--policies", "P,...", "Which policies (all)."),
            NODES,
            Option.value("--tasks", "N", "How many tasks (500)."),
            Option.value("--seeds", "N", "How many runs of each (30)."),
            TUNES,
            Option.value("--check", "POLICY", "Fail where it is worse than the best baseline.")
                .of(POLICIES));
  }

  private static Command curve() {
    return Command.named("curve", "One tune at several values against makespan and moves")
        .operands(
            Operand.any("WORKLOAD", WORKLOADS, "Which; bursty, unequal and tides by default."))
        .options(
            Option.value("--tune", "T", "Which tune (differential)."),
            Option.value("--values", "V,...", "Its values (0,0.5,1,2,4,8)."),
            Option.value("--policy", "P", "Which policy (opportunity-cost).").of(POLICIES),
            NODES,
            Option.value("--tasks", "N", "How many tasks (500)."),
            Option.value("--seeds", "N", "How many runs of each (10)."),
            TUNES,
            Option.value("--svg", "FILE", "A picture of the curves.").of(Values.FILE));
  }

  private static Command paper() {
    return Command.named("paper", "Published experiments, beside their published figures")
        .operands(
            Operand.one("WHICH", Values.words("opportunity-cost", "gossip"), "The experiment."))
        .options(
            Option.value("--scenarios", "N", "How many scenarios (3000)."),
            Option.value("--live", "N", "How many of them with the live policies too (100)."),
            Option.value("--steps", "N", "How many steps of gossip (100)."),
            SEED);
  }
}
