package dev.mosey.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BootClockTest {
  @Test
  void agreesWithTheKernelsUptime() throws IOException {
    String uptime = Files.readString(Path.of("/proc/uptime"));
    long expected = (long) (Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * 1000);

    assertThat(BootClock.system().millis()).isBetween(expected - 20, expected + 2_000);
  }

  @Test
  void neverGoesBack() {
    BootClock clock = BootClock.system();
    long last = clock.millis();
    for (int i = 0; i < 100_000; i++) {
      long now = clock.millis();
      assertThat(now).isGreaterThanOrEqualTo(last);
      last = now;
    }
  }
}
