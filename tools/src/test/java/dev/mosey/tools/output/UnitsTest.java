package dev.mosey.tools.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.tools.Failure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "90,90",
    "90s,90",
    "5m,300",
    "2h,7200",
    "1d,86400",
    "1h30m,5400",
    "500ms,0.5",
    "1.5h,5400"
  })
  void readsDurations(String text, double seconds) {
    assertThat(Units.seconds("x", text)).isEqualTo(seconds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "5y", "-5s", "5 s", "1..5s", "99999d", "m5"})
  void refusesWhatIsNoDuration(String text) {
    assertThatThrownBy(() -> Units.seconds("x", text)).isInstanceOf(Failure.class);
  }

  @ParameterizedTest
  @CsvSource({"200,200", "200M,200", "2G,2048", "2g,2048", "1.5G,1536", "512K,0.5", "1T,1048576"})
  void readsSizes(String text, double megabytes) {
    assertThat(Units.megabytes("x", text)).isEqualTo(megabytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "G", "-1M", "2X", "NaN", "1e99"})
  void refusesWhatIsNoSize(String text) {
    assertThatThrownBy(() -> Units.megabytes("x", text)).isInstanceOf(Failure.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0.0s",
    "9.94,9.9s",
    "12.9,12s",
    "192,3m12s",
    "3600,1h00m",
    "7500,2h05m",
    "97200,1d03h",
    "NaN,-",
    "-1,-"
  })
  void writesDurations(double seconds, String text) {
    assertThat(Units.elapsed(seconds)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0.004,0.00", "0.005,0.01", "1.5,1.50", "-0.25,-0.25", "NaN,-"})
  void writesHundredths(double value, String text) {
    assertThat(Units.hundredths(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"200,200M", "1536,1.5G", "2097152,2.0T", "NaN,-"})
  void writesSizes(double megabytes, String text) {
    assertThat(Units.size(megabytes)).isEqualTo(text);
  }
}
