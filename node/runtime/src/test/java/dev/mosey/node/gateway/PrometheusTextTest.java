package dev.mosey.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
  @Test
  void aFamilyHasItsHelpAndTypeOnceAndLabelsAreEscaped() {
    String text =
        PrometheusText.render(
            Map.of(
                PrometheusText.with("mosey_requests_total", "entry", "GET a\"b\\c\nd"),
                3.0,
                PrometheusText.with("mosey_requests_total", "entry", "GET b"),
                4.5,
                "mosey_up",
                1.0,
                "mosey_load",
                Double.POSITIVE_INFINITY));
    assertThat(text)
        .isEqualTo(
            """
            # HELP mosey_load Exported load: runnable work over cores and speed.
            # TYPE mosey_load gauge
            mosey_load +Inf
            # HELP mosey_requests_total Requests to the interface, by entry.
            # TYPE mosey_requests_total counter
            mosey_requests_total{entry="GET a\\"b\\\\c\\nd"} 3
            mosey_requests_total{entry="GET b"} 4.5
            # HELP mosey_up 1 while the daemon runs.
            # TYPE mosey_up gauge
            mosey_up 1
            """);
  }
}
