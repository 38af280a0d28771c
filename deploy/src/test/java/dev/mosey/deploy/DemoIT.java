package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.deploy.Installation.Said;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The main job, as the README's first command runs it. */
class DemoIT {
  @Test
  void theDemoReturnsEveryResultAfterMovesAndTheLossOfANode() {
    try (Installation mosey = new Installation()) {
      Said said = mosey.run(Duration.ofMinutes(5), mosey.root().resolve("deploy/demo").toString());
      assertThat(said.status()).as("%s%n%s", said.out(), said.err()).isZero();
      assertThat(said.out()).containsPattern("all \\d+ results correct").contains("killed gamma");
    }
  }
}
