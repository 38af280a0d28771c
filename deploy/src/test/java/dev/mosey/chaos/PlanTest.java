package dev.mosey.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final List<String> NODES = List.of("a", "b", "c", "d", "e");

  private static List<Plan.Step> steps(Plan plan, int count) {
    return IntStream.range(0, count).mapToObj(i -> plan.next()).toList();
  }

  @Test
  void theSameSeedIsTheSamePlan() {
    assertThat(steps(Plan.lanes(7, NODES).getFirst(), 50))
        .isEqualTo(steps(Plan.lanes(7, NODES).getFirst(), 50))
        .isNotEqualTo(steps(Plan.lanes(8, NODES).getFirst(), 50));
  }

  @Test
  void eachKindOfFaultIsThereBeforeOneIsThereAgain() {
    Set<String> seen = new TreeSet<>();
    List<Integer> counts = new ArrayList<>();
    for (Plan plan : Plan.lanes(3, NODES)) {
      Set<String> own = new TreeSet<>();
      steps(plan, plan.kinds()).forEach(step -> own.add(step.fault().getClass().getSimpleName()));
      counts.add(own.size() - plan.kinds());
      seen.addAll(own);
    }
    assertThat(counts).containsOnly(0);
    assertThat(seen).isEqualTo(new TreeSet<>(Trouble.kinds()));
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
    assertThatThrownBy(() -> Options.parse(new String[] {"/d", "--lease"}))
        .hasMessageContaining("not ''");
  }
}
