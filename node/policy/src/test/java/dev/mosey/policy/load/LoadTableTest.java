package dev.mosey.policy.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LoadTableTest {
  private final LoadTable table = new LoadTable(4, 3);

  private static LoadReport report(String node, long session, long seq, long age, String mode) {
    return new LoadReport(
        new HostId(NodeName.of(node), session),
        seq,
        age,
        1.25,
        0.5,
        4,
        8,
        3,
        Resources.of(Map.of("cores", 2.0, "memory_mb", 100.0, "gpu", 1.0)),
        16_000,
        7_000,
        1.5,
        -1,
        2.5,
        mode,
        17,
        -3,
        99_000,
        "m1",
        0.75);
  }

  private static LoadReport report(String node, long session, long seq) {
    return report(node, session, seq, 0, "open");
  }

  @Test
  void givesBackEveryFieldWithTheAgeGrown() {
    LoadReport report = report("alpha", 5, 42, 300, "open");
    table.merge(report, 1_000);
    assertThat(table.get(NodeName.of("alpha"), 1_500)).isEqualTo(report.aged(500));
  }

  @Test
  void keepsTheFresherReport() {
    assertThat(table.merge(report("alpha", 5, 42), 0)).isTrue();
    assertThat(table.merge(report("alpha", 5, 42), 9)).as("the same again").isFalse();
    assertThat(table.merge(report("alpha", 5, 41), 9)).as("an older one").isFalse();
    assertThat(table.merge(report("alpha", 4, 99), 9)).as("an earlier session").isFalse();
    assertThat(table.merge(report("alpha", 5, 43), 9)).isTrue();
    assertThat(table.merge(report("alpha", 6, 1), 9)).as("a later session").isTrue();
    assertThat(table.get(NodeName.of("alpha"), 9).host().session()).isEqualTo(6);
  }

  @Test
  void knowsForHowLongANodeIsThereInItsPresentSession() {
    table.merge(report("alpha", 5, 1), 1_000);
    table.merge(report("alpha", 5, 2), 2_000);
    assertThat(table.knownMillis(NodeName.of("alpha"), 3_000)).isEqualTo(2_000);
    table.merge(report("alpha", 6, 1), 4_000);
    assertThat(table.knownMillis(NodeName.of("alpha"), 4_500)).isEqualTo(500);
    assertThat(table.knownMillis(NodeName.of("nobody"), 4_500)).isZero();
  }

  @Test
  void theOldestGivesWayWhenItIsFull() {
    for (int i = 0; i < 4; i++) {
      table.merge(report("n" + i, 1, 1, 100 - i, "open"), 1_000);
    }
    assertThat(table.merge(report("late", 1, 1, 500, "open"), 1_000)).as("older still").isFalse();
    assertThat(table.merge(report("new", 1, 1, 0, "open"), 1_000)).isTrue();
    assertThat(table.size()).isEqualTo(4);
    assertThat(table.get(NodeName.of("n0"), 1_000)).isNull();
    assertThat(table.get(NodeName.of("new"), 1_000)).isNotNull();
    assertThat(table.knownMillis(NodeName.of("new"), 1_500)).isEqualTo(500);
    assertThat(table.merge(report("next", 1, 1, 0, "open"), 9_000)).isTrue();
    assertThat(table.get(NodeName.of("n1"), 9_000)).as("the next oldest").isNull();
  }

  @Test
  void whoComesInTheStepsOfAnUrgentOneIsNotUrgent() {
    LoadTable one = new LoadTable(2, 3);
    one.merge(report("a", 1, 1, 0, "open"), 0);
    one.merge(report("a", 1, 2, 0, "draining"), 0);
    one.merge(report("b", 1, 1, 0, "open"), 1_000);
    one.merge(report("c", 1, 1, 500, "open"), 2_000);
    one.merge(report("b", 1, 2, 0, "open"), 3_000);
    assertThat(one.window(1, 3_000)).extracting(r -> r.host().node().value()).containsExactly("b");
  }

  @Test
  void theWindowHasTheFreshest() {
    table.merge(report("a", 1, 1, 300, "open"), 0);
    table.merge(report("b", 1, 1, 100, "open"), 0);
    table.merge(report("c", 1, 1, 200, "open"), 0);
    assertThat(table.window(2, 0))
        .extracting(r -> r.host().node().value())
        .containsExactly("b", "c");
    assertThat(table.averageAgeMillis(0)).isEqualTo(200);
    assertThat(table.maximalAgeMillis(10)).isEqualTo(310);
  }

  @Test
  void aChangedModeGoesFirstWhateverItsAgeButNotForEver() {
    table.merge(report("a", 1, 1, 0, "open"), 0);
    table.merge(report("b", 1, 1, 0, "open"), 0);
    table.merge(report("b", 1, 2, 60_000, "draining"), 0);
    for (int times = 0; times < 3; times++) {
      assertThat(table.window(1, 0)).extracting(r -> r.host().node().value()).containsExactly("b");
    }
    assertThat(table.window(1, 0)).extracting(r -> r.host().node().value()).containsExactly("a");
  }

  @Test
  void refusesSenselessBounds() {
    assertThatThrownBy(() -> new LoadTable(0, 1)).hasMessageContaining("capacity");
    assertThatThrownBy(() -> new LoadTable(1, 128)).hasMessageContaining("0-127");
  }

  /** The packed table against the obvious one. */
  @Property(tries = 300)
  void behavesLikeAMapOfTheFreshest(
      @ForAll @Size(max = 400) List<@IntRange(min = 0, max = 200_000) Integer> steps) {
    LoadTable packed = new LoadTable(1_000, 2);
    Map<NodeName, LoadReport> plain = new HashMap<>();
    long now = 0;
    for (int step : steps) {
      now += step % 7;
      NodeName name = NodeName.of("n" + step % 97);
      if (step % 11 == 0) {
        packed.retain(n -> !n.equals(name));
        plain.remove(name);
      } else {
        LoadReport report = report(name.value(), 1 + step % 3, step / 97);
        boolean news =
            !plain.containsKey(name)
                || report.host().session() > plain.get(name).host().session()
                || report.host().session() == plain.get(name).host().session()
                    && report.seq() > plain.get(name).seq();
        assertThat(packed.merge(report, now)).isEqualTo(news);
        if (news) {
          plain.put(name, report);
        }
      }
    }
    assertThat(packed.size()).isEqualTo(plain.size());
    for (LoadReport kept : plain.values()) {
      LoadReport found = packed.get(kept.host().node(), now);
      assertThat(found.aged(-found.ageMillis())).isEqualTo(kept);
    }
    assertThat(packed.all(now)).hasSize(plain.size());
  }
}
