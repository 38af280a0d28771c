package dev.mosey.sim.cluster;

import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.load.TuneSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** One run: a scenario, and who schedules it. */
public final class Simulation {
  /** All that can schedule, by name: the policies of the live node, and the oracle. */
  public static final List<String> POLICIES =
      List.of("opportunity-cost", "threshold", "static", "random", "round-robin", "oracle");

  private static final int THOROUGH_EVERY = 10_000;

  /** Of a cluster larger than this each node remembers only the freshest so many. */
  private static final int REMEMBERED_MAX = 64;

  private static final int LARGE = 2_048;
  private static final int WINDOW_LARGE = 8;

  private Simulation() {}

  /**
   * What came of it, and how the loads went.
   *
   * @param outcome figures
   * @param picture loads over time
   */
  public record Result(Outcome outcome, LoadPicture picture) {}

  /** Runs a scenario under a policy named in {@link #POLICIES}, with tunes over their defaults. */
  public static Result run(
      Scenario scenario, String policy, Map<String, String> values, long seed) {
    if (policy.equals("oracle")) {
      return run(scenario, policy, new OracleDriver(), seed, Fault.NONE, THOROUGH_EVERY);
    }
    Map<String, String> set = new TreeMap<>(values);
    set.put("policy", policy);
    Tunes tunes = new Tunes(new TuneSet(1, null, set));
    return run(
        scenario,
        policy,
        live(scenario, BalancePolicy.of(tunes), tunes, seed),
        seed,
        Fault.NONE,
        THOROUGH_EVERY);
  }

  /** The live node's classes around any policy. */
  static LiveDriver live(Scenario scenario, BalancePolicy policy, Tunes tunes, long seed) {
    boolean large = scenario.machines().size() > LARGE;
    LiveDriver.Settings settings =
        large
            ? new LiveDriver.Settings(tunes, 6, WINDOW_LARGE, REMEMBERED_MAX)
            : LiveDriver.Settings.usual(tunes);
    return new LiveDriver(policy, settings, new SplittableRandom(seed ^ 0x5DEECE66DL));
  }

  static Result run(
      Scenario scenario, String name, Driver driver, long seed, Fault fault, int thoroughEvery) {
    World world = new World(scenario, driver, fault, thoroughEvery);
    world.run();
    Outcome outcome = world.recorder.outcome(scenario.name(), name, seed);
    String title = scenario.name() + ", " + name + ", seed " + seed;
    return new Result(outcome, world.recorder.picture(title));
  }
}
