package dev.mosey.policy.place;

import static dev.mosey.policy.place.PlaceSamples.ALPHA;
import static dev.mosey.policy.place.PlaceSamples.BETA;
import static dev.mosey.policy.place.PlaceSamples.GAMMA;
import static dev.mosey.policy.place.PlaceSamples.head;
import static dev.mosey.policy.place.PlaceSamples.room;
import static dev.mosey.policy.place.PlaceSamples.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.balance.ThresholdPolicy;
import dev.mosey.policy.books.Assignment;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.policy.place.Placement.Matches;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static final BalancePolicy POLICY = new ThresholdPolicy(Tunes.DEFAULTS);

  private static Matches match(List<QueueHead> heads, Room... rooms) {
    return match(heads, 1, rooms);
  }

  private static Matches match(List<QueueHead> heads, long seed, Room... rooms) {
    return Placement.match(POLICY, ALPHA, heads, List.of(rooms), 3, new SplittableRandom(seed));
  }

  private static Map<String, Integer> counts(Matches matches) {
    return matches.assignments().stream()
        .collect(
            Collectors.toMap(
                assignment -> assignment.host().node().value(), Assignment::size, Integer::sum));
  }

  @Test
  void oneTaskGoesWhereItWillFinishSoonest() {
    assertThat(counts(match(List.of(head(1, 1)), room("alpha", 2, 4), room("beta", 0.5, 4))))
        .containsExactly(Map.entry("beta", 1));
    Room fast = room("gamma", 0.5, 2, 4, Resources.of(4, 1_000));
    assertThat(counts(match(List.of(head(1, 1)), room("beta", 0, 4), fast)))
        .as("twice as fast and only half busy")
        .containsExactly(Map.entry("gamma", 1));
  }

  @Test
  void amongEqualsTheHomeIsTakenElseChanceDecides() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(counts(match(List.of(head(1, 1)), seed, room("alpha", 0, 4), room("beta", 0, 4))))
          .containsKey("alpha");
    }
    Set<String> taken = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      taken.addAll(
          counts(match(List.of(head(1, 1)), seed, room("beta", 1, 4), room("gamma", 1.01, 4)))
              .keySet());
    }
    assertThat(taken).containsExactlyInAnyOrder("beta", "gamma");
  }

  @Test
  void anArrayIsSpreadInProportionToTheRoomInOneGo() {
    Matches matches =
        match(List.of(head(1, 12)), room("alpha", 0, 8), room("beta", 0, 4), room("gamma", 0, 4));
    assertThat(counts(matches)).isEqualTo(Map.of("alpha", 6, "beta", 3, "gamma", 3));
    assertThat(matches.assignments()).hasSize(3).allMatch(a -> a.tasks().size() == 1);
    assertThat(matches.blocked()).isEmpty();
  }

  @Test
  void threeOfAnArrayGoToThreeIdleNodes() {
    assertThat(
            counts(
                match(
                    List.of(head(1, 3)),
                    room("alpha", 0, 8),
                    room("beta", 0, 8),
                    room("gamma", 0, 8))))
        .isEqualTo(Map.of("alpha", 1, "beta", 1, "gamma", 1));
  }

  @Test
  void takesAllTheRoomThereIsAndKeepsTheRestWaiting() {
    Matches matches = match(List.of(head(1, 100)), room("alpha", 0, 8), room("beta", 0, 4));
    assertThat(counts(matches)).isEqualTo(Map.of("alpha", 8, "beta", 4));
    assertThat(matches.blocked()).extracting(head -> head.id().number()).containsExactly(1L);
  }

  @Test
  void startsNoMoreThanMayRunAtOnce() {
    QueueHead head = head(1, 100);
    QueueHead bound = new QueueHead(head.id(), head.spec(), head.tasks(), 2, 50, 0, 0, Set.of());
    assertThat(match(List.of(bound), room("beta", 0, 8)).assignments())
        .extracting(Assignment::tasks)
        .containsExactly(List.of(new Run(0, 1)));
  }

  private static QueueHead shunning(NodeName... nodes) {
    QueueHead head = head(1, 1);
    return new QueueHead(
        head.id(), head.spec(), head.tasks(), 1, 50, 0, 0, Set.of(), Set.of(nodes));
  }

  @Test
  void whatHasFailedOnANodeWaitsForAnotherWhereThereIsOne() {
    Room free = room("beta", 0, 8);
    assertThat(counts(match(List.of(shunning(BETA)), free, room("gamma", 5, 1))))
        .isEqualTo(Map.of("gamma", 1));
    assertThat(match(List.of(shunning(BETA)), free, room("gamma", 5, 0)).assignments())
        .as("gamma is full, and will not stay so")
        .isEmpty();
    assertThat(counts(match(List.of(shunning(BETA)), free)))
        .as("there is no other")
        .isEqualTo(Map.of("beta", 1));
    NodeName gamma = NodeName.of("gamma");
    assertThat(counts(match(List.of(shunning(BETA, gamma)), free, room("gamma", 5, 1))))
        .as("it failed on all")
        .isEqualTo(Map.of("beta", 1));
  }

  @Test
  void whatIsToRunNowNeedsNoRoomButGoesWhereItMayAndFinishesSoonest() {
    QueueHead head = head(1, 1, Resources.of(2, 50_000));
    QueueHead now = new QueueHead(head.id(), head.spec(), head.tasks(), 1, 0, -3, 0, Set.of());
    assertThat(counts(match(List.of(now), room("alpha", 5, 0), room("beta", 2, 0))))
        .isEqualTo(Map.of("beta", 1));
    assertThat(
            counts(
                match(
                    List.of(
                        new QueueHead(
                            head.id(), head.spec(), head.tasks(), 1, 0, -3, 0, Set.of(BETA))),
                    room("alpha", 5, 0),
                    room("beta", 2, 0))))
        .isEqualTo(Map.of("alpha", 1));
    QueueHead urgent = new QueueHead(head.id(), head.spec(), head.tasks(), 1, 0, 0, 0, Set.of());
    assertThat(match(List.of(urgent), room("alpha", 5, 0)).assignments())
        .as("urgent only")
        .isEmpty();
    QueueHead all = head(2, 10);
    QueueHead allNow = new QueueHead(all.id(), all.spec(), all.tasks(), 10, 0, -1, 0, Set.of());
    assertThat(counts(match(List.of(allNow), room("alpha", 5, 0), room("beta", 2, 1))))
        .isEqualTo(Map.of("alpha", 5, "beta", 5));
  }

  @Test
  void honoursWhereAJobMayRun() {
    QueueHead on = head(1, spec(Resources.NONE, List.of(GAMMA), List.of()), Set.of(), Run.of(0));
    QueueHead not = head(2, spec(Resources.NONE, List.of(), List.of(ALPHA)), Set.of(), Run.of(0));
    QueueHead lacks =
        head(3, spec(Resources.NONE, List.of(), List.of()), Set.of(ALPHA, GAMMA), Run.of(0));
    Matches matches =
        match(
            List.of(on, not, lacks), room("alpha", 0, 8), room("beta", 0, 8), room("gamma", 0, 8));
    assertThat(matches.assignments())
        .extracting(a -> a.job() + " " + a.host().node())
        .hasSize(3)
        .contains("1 gamma", "3 beta")
        .doesNotContain("2 alpha");
  }

  @Test
  void countsResourcesAsWellAsSlots() {
    QueueHead big = head(1, 4, Resources.of(Map.of("memory_mb", 400.0, "gpu", 1.0)));
    Room room = room("beta", 0, 1, 8, Resources.of(Map.of("memory_mb", 1_500.0, "gpu", 2.0)));
    assertThat(counts(match(List.of(big), room))).isEqualTo(Map.of("beta", 2));
    assertThat(match(List.of(big), room("beta", 0, 8)).assignments()).as("no gpu").isEmpty();
  }

  @Test
  void whatFitsNowhereDoesNotBlockSmallerOnesButTheLookAheadIsBounded() {
    List<QueueHead> heads = new ArrayList<>();
    heads.add(head(1, 1, Resources.of(64, 1)));
    for (int job = 2; job <= 9; job++) {
      heads.add(head(job, 1));
    }
    Matches matches = match(heads, room("beta", 0, 8));
    assertThat(matches.assignments()).extracting(Assignment::job).containsExactly(2L, 3L, 4L);
    assertThat(matches.blocked()).extracting(head -> head.id().number()).containsExactly(1L);
  }

  @Test
  void memoryThatOthersUseIsNoRoom() {
    QueueHead big = head(1, 4, Resources.of(1, 3_000));
    Room room = room("beta", 0, 8);
    assertThat(room.free().memoryMb()).isEqualTo(10_000);
    assertThat(room.state().memoryFreeMb()).isEqualTo(8_000);
    assertThat(counts(match(List.of(big), room))).isEqualTo(Map.of("beta", 2));
    assertThat(BestNodes.choose(POLICY, List.of(room.state()), Resources.of(1, 9_000), 1))
        .isEmpty();
  }

  @Test
  void namesTheBestNodesOneAfterTheOther() {
    List<NodeState> nodes = List.of(room("alpha", 0.5, 8).state(), room("beta", 0, 2).state());
    assertThat(BestNodes.choose(POLICY, nodes, Resources.NONE, 3))
        .extracting(BestNodes.Choice::node)
        .containsExactly(BETA, BETA, ALPHA);
    assertThat(BestNodes.choose(POLICY, nodes, Resources.of(99, 1), 1)).isEmpty();
    assertThat(BestNodes.choose(POLICY, nodes, Resources.NONE, 1).getFirst().why())
        .isEqualTo(
            "load 0.00, 0.13 after it; speed 1.00; 2 of 8 slots free; 8000 MiB free;"
                + " known 1.0 s ago");
  }

  @Property(tries = 500)
  void neverPlacesMoreThanFitsNorTheSameTaskTwice(
      @ForAll @Size(max = 12) List<@IntRange(min = 1, max = 40) Integer> jobs,
      @ForAll @Size(max = 8) List<@IntRange(min = 0, max = 8) Integer> slots,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<QueueHead> heads =
        IntStream.range(0, jobs.size())
            .mapToObj(
                i ->
                    head(
                        i + 1,
                        jobs.get(i),
                        Resources.of(random.nextInt(1, 4), random.nextInt(300))))
            .toList();
    List<Room> rooms =
        IntStream.range(0, slots.size())
            .mapToObj(i -> room("n" + i, random.nextInt(4), slots.get(i)))
            .toList();
    Matches matches = Placement.match(POLICY, ALPHA, heads, rooms, 100, random);
    Map<NodeName, Resources> used = new HashMap<>();
    Map<NodeName, Integer> taken = new HashMap<>();
    Set<String> tasks = new HashSet<>();
    for (Assignment assignment : matches.assignments()) {
      Resources request = heads.get((int) assignment.job() - 1).spec().resources();
      for (Run run : assignment.tasks()) {
        for (int position = run.from(); position <= run.to(); position++) {
          assertThat(tasks.add(assignment.job() + "." + position)).isTrue();
          assertThat(position).isLessThan(jobs.get((int) assignment.job() - 1));
          used.merge(assignment.host().node(), request, Resources::plus);
          taken.merge(assignment.host().node(), 1, Integer::sum);
        }
      }
    }
    for (Room room : rooms) {
      NodeName name = room.state().name();
      assertThat(taken.getOrDefault(name, 0)).isLessThanOrEqualTo(room.slots());
      assertThat(used.getOrDefault(name, Resources.NONE).fits(room.free())).isTrue();
    }
    // And nothing waits that would still fit.
    for (QueueHead head : matches.blocked()) {
      for (Room room : rooms) {
        NodeName name = room.state().name();
        Resources left = room.free().minus(used.getOrDefault(name, Resources.NONE));
        boolean fits =
            taken.getOrDefault(name, 0) < room.slots() && head.spec().resources().fits(left);
        assertThat(fits).as("%s on %s", head.id(), name).isFalse();
      }
    }
  }

  private static final Resources ONE_CORE = Resources.of(1, 0);

  private static Room ahead(String name, int slots, int ahead) {
    Room room = room(name, 0, slots);
    return new Room(room.state(), slots, room.free(), ahead);
  }

  @Test
  void nothingWaitsAheadOfRoomWhereASlotIsFreeElsewhere() {
    Matches matches =
        match(List.of(head(1, 3, ONE_CORE)), ahead("alpha", 0, 10), ahead("beta", 3, 0));
    assertThat(counts(matches)).containsExactly(Map.entry("beta", 3));
  }

  @Test
  void whatFindsNoSlotIsSpreadAheadOfRoom() {
    Matches matches =
        match(List.of(head(1, 9, ONE_CORE)), ahead("alpha", 1, 4), ahead("beta", 0, 2));
    assertThat(counts(matches)).containsOnly(Map.entry("alpha", 5), Map.entry("beta", 2));
    assertThat(matches.blocked()).hasSize(1);
    List<Integer> positions =
        matches.assignments().stream()
            .flatMap(assignment -> assignment.tasks().stream())
            .flatMap(run -> IntStream.rangeClosed(run.from(), run.to()).boxed())
            .toList();
    assertThat(positions).as("each once").doesNotHaveDuplicates().hasSize(7);
  }

  @Test
  void whatAsksForMoreThanACoreIsNotPlacedAheadOfRoom() {
    Resources large = Resources.of(1, 2_000);
    assertThat(match(List.of(head(1, 2, large)), ahead("alpha", 0, 10)).assignments()).isEmpty();
  }
}
