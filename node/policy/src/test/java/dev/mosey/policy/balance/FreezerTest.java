package dev.mosey.policy.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.policy.balance.Freezer.Running;
import dev.mosey.policy.balance.Freezer.State;
import dev.mosey.policy.balance.Freezer.Step;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.FrozenBy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FreezerTest {
  private static final FreezeRules RULES = new FreezeRules(2, 1, 1, 50, 5_000, 10_000);

  private static ProcessId id(int job) {
    return new ProcessId(NodeName.of("alpha"), job, ProcessId.SINGLE);
  }

  private static Running guest(int job, int priority, boolean packs, long rss, long image) {
    return new Running(id(job), priority, packs, rss, image);
  }

  private static State load(double load) {
    return new State(load, 0.5, false, true);
  }

  @Test
  void theLeastUrgentThatCanBePackedGoesFirstAndOfThoseTheCheapest() {
    List<Running> guests =
        List.of(
            guest(1, 50, true, 9, 1),
            guest(2, 60, true, 9, 7),
            guest(3, 60, true, 9, 5),
            guest(4, 70, false, 9, 1),
            guest(5, 40, true, 9, 1));
    Step step = Freezer.CALM.round(RULES, load(2.1), guests, 0);
    assertThat(step.freeze()).isEqualTo(id(3));
    assertThat(step.by()).isEqualTo(FrozenBy.LOAD);
    assertThat(Freezer.CALM.round(RULES, load(2), guests, 0).freeze()).isNull();
    Step soon = step.next().round(RULES, load(9), guests, 4_999);
    assertThat(soon.freeze()).as("the load has not shown it yet").isNull();
    assertThat(soon.next().round(RULES, load(9), guests, 5_000).freeze()).isNotNull();
  }

  @Test
  void theUrgentAndTheLastAreLeftRunning() {
    assertThat(Freezer.CALM.round(RULES, load(9), List.of(guest(1, 50, true, 1, 1)), 0).freeze())
        .isNull();
    List<Running> urgent = List.of(guest(1, 49, true, 1, 1), guest(2, 49, true, 1, 1));
    assertThat(Freezer.CALM.round(RULES, load(9), urgent, 0).freeze()).isNull();
  }

  @Test
  void memoryMustBeShortForAWhileAndThenTheLargestGoes() {
    List<Running> guests = List.of(guest(1, 50, true, 100, 1), guest(2, 50, true, 900, 1));
    State tight = new State(0.5, 0.5, true, false);
    Step first = Freezer.CALM.round(RULES, tight, guests, 0);
    assertThat(first.freeze()).isNull();
    Step relieved = first.next().round(RULES, load(0.5), guests, 5_000);
    assertThat(relieved.next().round(RULES, tight, guests, 10_000).freeze())
        .as("the time counts anew")
        .isNull();
    Step frozen = first.next().round(RULES, tight, guests, 10_000);
    assertThat(frozen.freeze()).isEqualTo(id(2));
    assertThat(frozen.by()).isEqualTo(FrozenBy.MEMORY);
    assertThat(frozen.next().room(RULES, tight)).isZero();
    State between = new State(0.5, 0.5, false, false);
    Step still = frozen.next().round(RULES, between, guests, 20_000);
    assertThat(still.next().room(RULES, between)).as("not plentiful yet").isZero();
    Step plenty = still.next().round(RULES, load(0.5), guests, 21_000);
    assertThat(plenty.next().room(RULES, load(0.5))).isEqualTo(3);
  }

  @Test
  void marksThatAreTheWrongWayRoundAreRefused() {
    assertThatThrownBy(() -> new FreezeRules(2, 2, 0, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be lower");
    assertThat(new FreezeRules(0, 5, 0, 0, 0, 0).byLoad()).isFalse();
  }

  @Property(tries = 200)
  void betweenTheMarksNothingChanges(
      @ForAll boolean full, @ForAll @DoubleRange(min = 1, max = 2) double load) {
    Freezer before = new Freezer(full, false, Long.MIN_VALUE, Long.MAX_VALUE);
    List<Running> guests = List.of(guest(1, 50, true, 1, 1), guest(2, 50, true, 1, 1));
    Step step = before.round(RULES, load(load), guests, 0);
    assertThat(step.next()).isEqualTo(before);
    assertThat(step.freeze()).isNull();
  }

  /** A host with so much foreign load, which takes back what it froze as soon as it has room. */
  @Property(tries = 200)
  void underASteadyLoadNothingIsFrozenTwice(
      @ForAll @DoubleRange(min = 0, max = 4) double foreign,
      @ForAll @DoubleRange(min = 0.05, max = 1.5) double one,
      @ForAll @DoubleRange(min = 0.01, max = 1) double gap,
      @ForAll @IntRange(min = 1, max = 12) int guests) {
    FreezeRules rules = new FreezeRules(2, 2 - gap, 0, 0, 1_000, 0);
    List<Running> running = new ArrayList<>();
    List<Running> waiting = new ArrayList<>();
    for (int i = 1; i <= guests; i++) {
      running.add(guest(i, 50, true, 1, i));
    }
    Map<ProcessId, Integer> times = new HashMap<>();
    Freezer freezer = Freezer.CALM;
    for (long now = 0; now < 100_000; now += 500) {
      State state = new State(foreign + running.size() * one, one, false, true);
      Step step = freezer.round(rules, state, List.copyOf(running), now);
      freezer = step.next();
      if (step.freeze() != null) {
        times.merge(step.freeze(), 1, Integer::sum);
        running.stream()
            .filter(guest -> guest.id().equals(step.freeze()))
            .findFirst()
            .ifPresent(waiting::add);
        running.removeAll(waiting);
        continue;
      }
      for (int room = freezer.room(rules, state); room > 0 && !waiting.isEmpty(); room--) {
        running.add(waiting.removeFirst());
      }
    }
    assertThat(times.values()).allMatch(count -> count == 1);
    double load = foreign + running.size() * one;
    assertThat(load <= rules.aboveLoad() || running.isEmpty()).isTrue();
  }
}
