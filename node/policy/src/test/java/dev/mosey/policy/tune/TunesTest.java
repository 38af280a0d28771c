package dev.mosey.policy.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.load.TuneSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TunesTest {
  private static final NodeName ALPHA = NodeName.of("alpha");

  @Test
  void whatWasNeverSetHasItsDefault() {
    assertThat(Tunes.DEFAULTS.number(Tune.DIFFERENTIAL)).isEqualTo(0.3);
    assertThat(Tunes.DEFAULTS.text(Tune.POLICY)).isEqualTo("opportunity-cost");
    assertThat(Tunes.DEFAULTS.millis(Tune.LEASE_NEVER)).isEqualTo(600_000);
  }

  @ParameterizedTest
  @EnumSource(Tune.class)
  void everyDefaultIsWithinItsOwnRange(Tune tune) {
    assertThat(tune.normalise(tune.defaultValue())).isEqualTo(tune.defaultValue());
    assertThat(tune.meaning()).isNotBlank();
    assertThat(Tune.named(tune.wireName())).contains(tune);
  }

  @ParameterizedTest
  @CsvSource({
    "residency, 10, 10",
    "residency, 10s, 10",
    "residency, 2m, 120",
    "residency, 1500ms, 1.5",
    "residency, 1h, 3600",
    "memory-low, 7%, 7",
    "differential, 0.5, 0.5",
    "cost.bandwidth, 100MiB/s, 100",
    "policy, STATIC, static"
  })
  void understandsUsualWaysOfWriting(String name, String written, String value) {
    assertThat(Tune.named(name).orElseThrow().normalise(written)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "differential, -1, not a number", "differential, 1e3, not a number",
    "residency, NaN, not a number", "residency, 10x, not a number",
    "residency, 99d, out of range", "policy, best, none of: opportunity-cost or threshold",
    "memory-low, '  ', not a number"
  })
  void saysWhatIsWrong(String name, String written, String message) {
    assertThatThrownBy(() -> Tune.named(name).orElseThrow().normalise(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void everyChangeIsANewVersionAndKeepsOnlyWhatDiffers() {
    Tunes tunes = Tunes.DEFAULTS.with(Map.of("differential", "0.50", "residency", "5"), ALPHA);
    assertThat(tunes.set()).isEqualTo(new TuneSet(1, ALPHA, Map.of("differential", "0.5")));
    assertThat(tunes.set().beats(Tunes.DEFAULTS.set())).isTrue();
    Tunes back = tunes.with(Map.of("differential", ""), ALPHA);
    assertThat(back.set()).isEqualTo(new TuneSet(2, ALPHA, Map.of()));
  }

  @Test
  void namesWhatDiffersFromEarlierOnes() {
    Tunes earlier = Tunes.DEFAULTS.with(Map.of("residency", "10s"), ALPHA);
    Tunes now = earlier.with(Map.of("differential", "0.5", "residency", ""), ALPHA);
    assertThat(now.changesSince(earlier)).isEqualTo("differential 0.3 -> 0.5, residency 10 -> 5");
    assertThat(now.changesSince(now)).isEmpty();
  }

  @Test
  void refusesUnknownNamesAndContradictions() {
    assertThat(Tunes.DEFAULTS.refusals(Map.of("speed", "1"))).containsOnlyKeys("speed");
    assertThat(Tunes.DEFAULTS.refusals(Map.of("memory-low", "20")))
        .containsEntry("memory-low", "memory-high must not be under memory-low");
    assertThat(Tunes.DEFAULTS.refusals(Map.of("memory-low", "20", "memory-high", "30"))).isEmpty();
  }

  @Test
  void whatANewerVersionSetIsPassedOnAndCountsAsNotSet() {
    TuneSet newer = new TuneSet(7, ALPHA, Map.of("policy", "auction", "haste", "9"));
    Tunes tunes = new Tunes(newer);
    assertThat(tunes.text(Tune.POLICY)).isEqualTo("opportunity-cost");
    assertThat(tunes.with(Map.of("residency", "9"), ALPHA).set().values())
        .containsEntry("haste", "9")
        .containsEntry("policy", "auction");
  }
}
