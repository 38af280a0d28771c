package dev.mosey.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.chaos.Plan.Kind;
import dev.mosey.chaos.Plan.Needs;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final Set<Needs> ALL = EnumSet.allOf(Needs.class);
  private static final List<String> NODES = List.of("a", "b", "c", "d", "e");

  private static List<Plan.Step> steps(Plan plan, int count) {
    return IntStream.range(0, count).mapToObj(i -> plan.next()).toList();
  }

  @Test
  void theSameSeedIsTheSamePlan() {
    assertThat(steps(Plan.lanes(7, NODES, ALL).getFirst(), 50))
        .isEqualTo(steps(Plan.lanes(7, NODES, ALL).getFirst(), 50))
        .isNotEqualTo(steps(Plan.lanes(8, NODES, ALL).getFirst(), 50));
  }

  @Test
  void eachKindOfFaultIsThereBeforeOneIsThereAgain() {
    Set<Kind> seen = EnumSet.noneOf(Kind.class);
    for (Plan plan : Plan.lanes(3, NODES, ALL)) {
      List<Kind> own = steps(plan, plan.kinds()).stream().map(Plan.Step::kind).toList();
      assertThat(own).doesNotHaveDuplicates();
      seen.addAll(own);
    }
    assertThat(seen).containsExactlyInAnyOrder(Kind.values());
  }

  @Test
  void whatTheMachineDoesNotAllowIsLeftOut() {
    for (Plan plan : Plan.lanes(3, NODES, EnumSet.of(Needs.NOTHING))) {
      assertThat(steps(plan, 50))
          .extracting(Plan.Step::kind)
          .isNotEmpty()
          .doesNotContain(Kind.CUT, Kind.FULL_DISK, Kind.STALLED_DISK, Kind.CRASH_DATABASE);
    }
  }

  @Test
  void aCutIsBetweenSomeAndOthers() {
    Plan.lanes(3, NODES, ALL).stream()
        .flatMap(plan -> steps(plan, 200).stream())
        .map(Plan.Step::fault)
        .filter(Fault.Cut.class::isInstance)
        .forEach(cut -> assertThat(((Fault.Cut) cut).from()).hasSizeBetween(1, 4));
  }

  @Test
  void whatIsWrongOnTheCommandLineIsSaid() {
    assertThat(Options.parse(new String[] {"/d", "--seed", "5", "--minutes", "0.5"}))
        .satisfies(options -> assertThat(options.seed()).isEqualTo(5))
        .satisfies(options -> assertThat(options.minutes()).isEqualTo(0.5));
    assertThatThrownBy(() -> Options.parse(new String[] {"/d", "--seeds"}))
        .hasMessage("there is no option --seeds");
    assertThatThrownBy(() -> Options.parse(new String[] {"/d", "--minutes", "soon"}))
        .hasMessage("--minutes takes a number from 0.1 to 10000.0, not 'soon'");
    assertThatThrownBy(() -> Options.parse(new String[] {"/d", "--without", "luck"}))
        .hasMessage("--without takes leases, sync or cut-back, not 'luck'");
    assertThatThrownBy(() -> Options.parse(new String[] {"/d", "--store", "sqlite"}))
        .hasMessage("--store takes embedded or postgresql, not 'sqlite'");
    assertThatThrownBy(() -> Options.parse(new String[] {"/d", "--lease"}))
        .hasMessageContaining("not ''");
  }
}
