package dev.mosey.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mosey.sim.cli.Arguments;
import dev.mosey.sim.cli.UsageException;
import dev.mosey.sim.cluster.OpportunityPaper;
import dev.mosey.sim.cluster.Simulation;
import dev.mosey.sim.cluster.Violation;
import dev.mosey.sim.cluster.Workloads;
import dev.mosey.sim.gossip.GossipPaper;
import dev.mosey.sim.gossip.GossipTrial;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/** {@code mosim}: simulates the balancer. */
public final class Main {
  static final int BROKEN = 1;
  private static final int WRONG_USAGE = 2;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String HELP =
      """
      usage: mosim run [WORKLOAD] [--policy P] [--nodes N] [--tasks N] [--seed S] [--tunes T=V,..]
                       [--trace FILE] [--svg FILE] [-o table|json]
             mosim compare [WORKLOAD...] [--policies P,..] [--nodes N] [--tasks N] [--seeds N]
                       [--tunes T=V,..] [--check POLICY] [-o table|json]
             mosim curve [WORKLOAD...] [--tune T] [--values V,..] [--policy P] [--nodes N]
                       [--tasks N] [--seeds N] [--tunes T=V,..] [--svg FILE] [-o table|json]
             mosim paper opportunity-cost [--scenarios N] [--live N] [--seed S] [-o table|json]
             mosim paper gossip [--steps N] [--seed S] [-o table|json]

      Simulates the balancer: the very policy and gossip classes of the live node under virtual
      time. Everything is drawn from the seed, which is printed: the same seed, the same result.

      Subcommands
        run                       one workload under one policy, or under all of them
        compare                   all policies on all workloads, over paired seeds; --check fails
                                  when POLICY is worse beyond chance than the best of static,
                                  random and round-robin on any of them
        curve                     one tune (differential) at several values against makespan,
                                  slowdown and moves
        paper opportunity-cost    six unequal machines, heavy-tailed jobs: the four published
                                  strategies and the live policies
        paper gossip              ages of what is known, measured, beside the published formulas

      Exits: 0 done; 1 a promise was broken; 2 wrong usage

      Policies
        POLICIES

      Workloads
      """;

  private static String help() {
    StringBuilder text = new StringBuilder(HELP);
    for (String name : Workloads.NAMES) {
      text.append(String.format("  %-14s%s%n", name, Workloads.meaning(name)));
    }
    text.append(String.format("  %-14s%s%n", "scale", Workloads.meaning("scale")));
    return text.toString().replace("POLICIES", String.join(", ", Simulation.POLICIES));
  }

  private Main() {}

  /** Runs and exits with the status. */
  public static void main(String[] arguments) {
    int status = run(Arrays.asList(arguments), System.out, System.err);
    System.out.flush();
    if (status != 0) {
      Runtime.getRuntime().halt(status);
    }
  }

  /** Runs one command line; returns the exit status. */
  public static int run(List<String> words, PrintStream out, PrintStream err) {
    try {
      if (words.contains("--help") || words.contains("-h")) {
        out.print(help());
        return 0;
      }
      if (words.isEmpty()) {
        throw new UsageException("a subcommand is missing", "mosim --help shows what there is");
      }
      List<String> rest = words.subList(1, words.size());
      return switch (words.getFirst()) {
        case "run" -> RunCommand.run(rest, out);
        case "compare" -> CompareCommand.run(rest, out, err);
        case "curve" -> CurveCommand.run(rest, out);
        case "paper" -> paper(rest, out);
        default ->
            throw new UsageException(
                "there is no subcommand '" + words.getFirst() + "'",
                "one of: run, compare, curve, paper");
      };
    } catch (Violation broken) {
      err.println("mosim: a promise was broken " + broken.getMessage());
      err.println("hint: the same command and seed show it again; please report them");
      return BROKEN;
    } catch (UsageException wrong) {
      err.println("mosim: " + wrong.getMessage());
      err.println("hint: " + wrong.hint());
      return WRONG_USAGE;
    }
  }

  private static int paper(List<String> words, PrintStream out) {
    Arguments arguments =
        Arguments.parse(words, List.of("--steps", "--scenarios", "--live", "--seed", "-o"));
    arguments.wordsAtMost(1);
    String paper =
        Arguments.oneOf(
            "paper",
            arguments.words().isEmpty() ? "" : arguments.words().getFirst(),
            List.of("opportunity-cost", "gossip"));
    boolean asJson = arguments.oneOf("-o", List.of("table", "json"), "table").equals("json");
    long seed = arguments.number("--seed", 1, 0, 1L << 62);
    if (paper.equals("gossip")) {
      int steps = (int) arguments.number("--steps", 100, 1, 1_000_000);
      List<GossipTrial.Line> lines = GossipPaper.lines(steps, seed);
      out.print(
          asJson
              ? json(lines) + "\n"
              : "ages in steps of gossip, over "
                  + steps
                  + " steps, seed "
                  + seed
                  + "\n"
                  + GossipPaper.table(lines)
                  + "published: without the age that a report has when a window brings it\n");
      return 0;
    }
    int scenarios = (int) arguments.number("--scenarios", 3_000, 1, 1_000_000);
    int live = (int) arguments.number("--live", Math.min(scenarios, 100), 1, 1_000_000);
    var slowdowns = OpportunityPaper.slowdowns(seed, scenarios, live);
    out.print(
        asJson
            ? json(slowdowns) + "\n"
            : "mean slowdown over the scenarios with the seeds from "
                + seed
                + " on\n"
                + OpportunityPaper.table(slowdowns));
    return 0;
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
