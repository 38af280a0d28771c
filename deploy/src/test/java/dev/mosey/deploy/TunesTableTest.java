package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.tune.Tune;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The operator's table of the tunes is that of the program. */
class TunesTableTest {
  private static String row(Tune tune) {
    return "| `%s` | %s | %s | %s | %s |"
        .formatted(tune.wireName(), tune.unit(), tune.range(), tune.defaultValue(), tune.meaning());
  }

  @Test
  void theGuideNamesEveryTuneWithUnitRangeDefaultAndMeaning() throws IOException {
    String rows =
        Arrays.stream(Tune.values()).map(TunesTableTest::row).collect(Collectors.joining("\n"));
    assertThat(Files.readString(Path.of("../docs/balancing.md"))).contains(rows);
  }
}
