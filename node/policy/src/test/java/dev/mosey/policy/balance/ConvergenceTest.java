package dev.mosey.policy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.balance.BalanceWorld.Move;
import dev.mosey.policy.balance.BalanceWorld.Node;
import dev.mosey.policy.tune.Tune;
import dev.mosey.protocol.id.NodeName;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What many rounds over many nodes lead to; the classes are those of the live node. */
class ConvergenceTest {
  /** From any imbalance the loads are within the differential after so many rounds. */
  private static final int ROUNDS = 60;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 101})
  void spreads24FromOneNodeOverThreeWithin15SecondsNoneTwice(long seed) {
    BalanceWorld world = new BalanceWorld(seed);
    Node alpha = world.add("alpha", 8, 1, 24);
    world.start(alpha, 24);
    world.run(10);
    assertThat(world.moves).isEmpty();
    world.add("beta", 8, 1, 24);
    world.add("gamma", 8, 1, 24);
    world.run(15);
    assertThat(world.counts()).isEqualTo(Map.of("alpha", 8L, "beta", 8L, "gamma", 8L));
    assertThat(world.movesByProcess().values()).containsOnly(1L);
    world.run(300);
    assertThat(world.moves).as("then everything stays").hasSize(16);
  }

  /** The same when nothing has run for long and a core is shared by all. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 101})
  void spreadsWhatHasJustStartedOnNodesOfOneCore(long seed) {
    BalanceWorld world = new BalanceWorld(seed);
    world.start(world.add("alpha", 1, 1, 24), 24);
    world.add("beta", 1, 1, 24);
    world.add("gamma", 1, 1, 24);
    world.run(15);
    assertThat(world.counts()).isEqualTo(Map.of("alpha", 8L, "beta", 8L, "gamma", 8L));
    assertThat(world.movesByProcess().values()).containsOnly(1L);
  }

  @Property(tries = 60)
  void convergesFromAnyImbalanceAndThenKeepsStill(
      @ForAll @Size(min = 2, max = 12) List<@IntRange(min = 0, max = 30) Integer> procs,
      @ForAll @Size(value = 12) List<@IntRange(min = 1, max = 8) Integer> cores,
      @ForAll boolean threshold,
      @ForAll long seed) {
    BalanceWorld world = new BalanceWorld(seed);
    world.policy(threshold);
    for (int i = 0; i < procs.size(); i++) {
      world.start(world.add("n" + i, cores.get(i), 1, 1_000), procs.get(i));
    }
    world.run(ROUNDS);
    assertThat(world.uneven()).as("%s %s", world.counts(), world.moves).isFalse();
    int sofar = world.moves.size();
    world.run(120);
    // What runs on for long may still gain a little; nobody goes to and fro.
    List<Move> later = world.moves.subList(sofar, world.moves.size());
    assertThat(later).as("%s", world.moves).hasSizeLessThanOrEqualTo(procs.size());
    assertThat(later).as("none twice").extracting(Move::id).doesNotHaveDuplicates();
    checkEachMove(world, procs);
  }

  @Property(tries = 40)
  void convergesWithMixedSpeeds(
      @ForAll @Size(min = 2, max = 8) List<@IntRange(min = 0, max = 20) Integer> procs,
      @ForAll @Size(value = 8) List<@IntRange(min = 1, max = 8) Integer> halves,
      @ForAll boolean threshold,
      @ForAll long seed) {
    BalanceWorld world = new BalanceWorld(seed);
    world.policy(threshold);
    for (int i = 0; i < procs.size(); i++) {
      world.start(world.add("n" + i, 4, halves.get(i) / 2.0, 1_000), procs.get(i));
    }
    world.run(2 * ROUNDS);
    assertThat(world.uneven()).as("%s %s", world.counts(), world.moves).isFalse();
    checkEachMove(world, procs);
  }

  /** Ten busy nodes see one free one: it must not be overrun. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 101})
  void aFreeNodeIsNotOverrunByMany(long seed) {
    BalanceWorld world = new BalanceWorld(seed);
    for (int i = 0; i < 10; i++) {
      world.start(world.add("busy" + i, 4, 1, 1_000), 12);
    }
    world.run(20);
    Node free = world.add("free", 4, 1, 1_000);
    int most = 0;
    for (int second = 0; second < 60; second++) {
      world.run(1);
      most = Math.max(most, free.procs.size() + free.arriving);
    }
    assertThat(most).as("fair would be 11").isBetween(9, 14);
    assertThat(world.moves).as("hardly one twice").hasSizeBetween(9, 16);
  }

  /** Other people's work comes and goes with every sample; it must not shake the processes. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void noiseMovesNextToNothing(long seed) {
    BalanceWorld world = new BalanceWorld(seed);
    world.noise = 1.5;
    for (int i = 0; i < 5; i++) {
      world.start(world.add("n" + i, 8, 1, 1_000), 10);
    }
    world.run(300);
    assertThat(world.moves).hasSizeLessThanOrEqualTo(10);
  }

  /** Every move keeps residency, nobody wanders, and hardly more moves than there must be. */
  private static void checkEachMove(BalanceWorld world, List<Integer> procs) {
    long residency = world.tunes.millis(Tune.RESIDENCY);
    for (Move move : world.moves) {
      assertThat(move.residentMillis()).as("%s", move).isGreaterThanOrEqualTo(residency);
    }
    assertThat(world.movesByProcess().values()).allMatch(times -> times <= 3);
    for (Move move : world.moves) {
      assertThat(world.moves)
          .as("%s: and back within the minute", move)
          .noneMatch(
              other ->
                  other.id().equals(move.id())
                      && other.to().equals(move.from())
                      && other.at() > move.at()
                      && other.at() - move.at() < 60_000);
    }
    double capacity = world.nodes.values().stream().mapToDouble(n -> n.cores * n.speed).sum();
    double level = procs.stream().mapToInt(Integer::intValue).sum() / capacity;
    double needed = 0;
    for (int i = 0; i < procs.size(); i++) {
      Node node = world.nodes.get(NodeName.of("n" + i));
      needed += Math.max(0, procs.get(i) - level * node.cores * node.speed);
    }
    assertThat((double) world.moves.size()).isLessThanOrEqualTo(1.3 * needed + 2 * procs.size());
  }
}
