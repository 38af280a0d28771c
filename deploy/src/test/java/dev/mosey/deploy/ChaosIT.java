package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.deploy.Installation.Said;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Five nodes under work and under faults. A longer run is a command away: deploy/chaos. */
class ChaosIT {
  /** Of all that may go wrong, each kind once and more. */
  @Test
  @Timeout(value = 9, unit = TimeUnit.MINUTES)
  void noPromiseIsBrokenWhateverHappensToTheNodes() {
    try (Installation mosey = new Installation()) {
      String chaos = mosey.root().resolve("deploy/chaos").toString();
      Said said =
          mosey
              .run(
                  Duration.ofMinutes(8),
                  chaos,
                  "--minutes",
                  "0.3",
                  "--lease",
                  "2",
                  "--work",
                  "20",
                  "--seed",
                  "1")
              .ok();
      assertThat(said.out())
          .containsPattern("seed 1, embedded, lease 2 s: [1-9]\\d+ jobs")
          .contains("KILL_DAEMON=", "FREEZE_BOTH=", "REPLACE=", "HALT_AT=", "FLIPPED_JOURNAL=")
          .contains("POWER_CUT=")
          .containsPattern("lost +0\n")
          .containsPattern("doubled +0\n");
    }
  }

  @Test
  void anOptionThatIsNoneGetsOneLineAndAHint() {
    try (Installation mosey = new Installation()) {
      Said said = mosey.run(mosey.root().resolve("deploy/chaos").toString(), "--minuets", "3");
      assertThat(said.status()).isEqualTo(2);
      assertThat(said.err())
          .contains("chaos: there is no option --minuets")
          .contains("hint: deploy/chaos [--minutes N]");
    }
  }
}
