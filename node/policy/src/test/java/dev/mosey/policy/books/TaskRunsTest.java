package dev.mosey.policy.books;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.event.BooksEvent.Run;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TaskRunsTest {
  /** One change: a run, added or removed. */
  record Change(boolean adds, Run run) {}

  @Provide
  Arbitrary<List<Change>> changes() {
    Arbitrary<Run> run =
        Arbitraries.integers()
            .between(0, 40)
            .flatMap(
                from ->
                    Arbitraries.integers().between(0, 10).map(more -> new Run(from, from + more)));
    return Combinators.combine(Arbitraries.of(true, false), run)
        .as(Change::new)
        .list()
        .ofMaxSize(30);
  }

  @Property
  void behavesLikeASetOfPositions(@ForAll("changes") List<Change> changes) {
    TaskRuns runs = new TaskRuns();
    BitSet naive = new BitSet();
    for (Change change : changes) {
      if (change.adds()) {
        runs.add(change.run());
      } else {
        runs.remove(change.run());
      }
      naive.set(change.run().from(), change.run().to() + 1, change.adds());
    }
    assertThat(runs.size()).isEqualTo(naive.cardinality());
    BitSet listed = new BitSet();
    int last = -2;
    for (Run run : runs.runs()) {
      assertThat(run.from()).as("runs are as long as they can be").isGreaterThan(last + 1);
      last = run.to();
      listed.set(run.from(), run.to() + 1);
    }
    assertThat(listed).isEqualTo(naive);
    for (int i = 0; i < 60; i++) {
      assertThat(runs.contains(i)).isEqualTo(naive.get(i));
    }
  }

  @Property
  void intersectsAndSubtractsLikeSets(
      @ForAll("changes") List<Change> one, @ForAll("changes") List<Change> other) {
    TaskRuns a = TaskRuns.of(one.stream().map(Change::run).toList());
    TaskRuns b = TaskRuns.of(other.stream().map(Change::run).toList());
    for (int i = 0; i < 60; i++) {
      assertThat(a.and(b).contains(i)).isEqualTo(a.contains(i) && b.contains(i));
      assertThat(a.minus(b).contains(i)).isEqualTo(a.contains(i) && !b.contains(i));
    }
    assertThat(a.minus(b).size() + a.and(b).size()).isEqualTo(a.size());
  }

  @Test
  void givesTheFirstPositionsOnly() {
    TaskRuns runs = TaskRuns.of(List.of(new Run(3, 5), new Run(8, 9), new Run(20, 30)));
    assertThat(runs.first(4, 10)).containsExactly(new Run(3, 5), new Run(8, 8));
    assertThat(runs.first(100, 2)).containsExactly(new Run(3, 5), new Run(8, 9));
  }
}
