package dev.mosey.policy.place;

import static dev.mosey.policy.place.PlaceSamples.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.books.Assignment;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AskedTest {
  private static final HostId BETA = new HostId(NodeName.of("beta"), 7);
  private static final long LAPSE = 2_000;

  private final Asked asked = new Asked(LAPSE);

  private void add(long job, int from, int to, long now) {
    asked.add(List.of(new Assignment(job, List.of(new Run(from, to)), BETA)), now);
  }

  private static List<Run> tasks(List<QueueHead> heads) {
    return heads.stream().flatMap(each -> each.tasks().stream()).toList();
  }

  @Test
  void whatWasAskedForIsNotMatchedAgainUntilTheTimeIsOver() {
    add(1, 0, 3, 100);
    List<QueueHead> heads = List.of(head(1, 10));
    asked.seen(heads);
    assertThat(tasks(asked.without(heads, 100 + LAPSE))).containsExactly(new Run(4, 9));
    assertThat(tasks(asked.without(heads, 101 + LAPSE))).containsExactly(new Run(0, 9));
  }

  @Test
  void whatWasPlacedAndComesBackMayBeMatchedAtOnce() {
    add(1, 0, 0, 100);
    asked.seen(List.of(head(1, 1)));
    assertThat(asked.without(List.of(head(1, 1)), 110)).isEmpty();
    asked.seen(List.of());
    asked.seen(List.of(head(1, 1)));
    assertThat(tasks(asked.without(List.of(head(1, 1)), 120))).containsExactly(new Run(0, 0));
  }

  @Test
  void askingForMoreOfAJobDoesNotKeepWhatComesBack() {
    add(1, 0, 4, 100);
    asked.seen(List.of(head(1, head(1, 1).spec(), Set.of(), new Run(5, 9))));
    add(1, 5, 9, 150);
    List<QueueHead> heads = List.of(head(1, 10));
    asked.seen(heads);
    assertThat(tasks(asked.without(heads, 160))).containsExactly(new Run(0, 4));
  }

  @Test
  void severalHeadsOfOneJobAreSeenTogether() {
    add(1, 0, 3, 100);
    List<QueueHead> heads =
        List.of(
            head(1, head(1, 1).spec(), Set.of(), Run.of(2)),
            head(1, head(1, 1).spec(), Set.of(), new Run(0, 1), new Run(3, 5)));
    asked.seen(heads);
    assertThat(tasks(asked.without(heads, 110))).containsExactly(new Run(4, 5));
  }

  @Test
  void theBoundOfWhatMayRunAtOnceCountsWhatHasBeenAskedFor() {
    QueueHead head = head(1, 10);
    QueueHead bound = new QueueHead(head.id(), head.spec(), head.tasks(), 3, 50, 0, 0, Set.of());
    add(1, 0, 1, 0);
    asked.seen(List.of(bound));
    assertThat(asked.without(List.of(bound), 1).getFirst().count()).isEqualTo(1);
  }

  @Test
  void theRestOfAnArrayIsMatchedAndWhatItsHostRefusedWithIt() {
    QueueHead head = head(1, 10);
    add(1, 0, 3, 0);
    asked.seen(List.of(head));
    QueueHead rest = asked.without(List.of(head), 10).getFirst();
    assertThat(rest.tasks()).containsExactly(new Run(4, 9));
    assertThat(rest.count()).isEqualTo(6);
    // Written: 0 to 3 are gone. Then 2 was refused by its host and waits again.
    asked.seen(List.of(head(1, head.spec(), Set.of(), new Run(4, 9))));
    QueueHead back = head(1, head.spec(), Set.of(), Run.of(2), new Run(4, 9));
    asked.seen(List.of(back));
    assertThat(asked.without(List.of(back), 30)).containsExactly(back);
  }
}
