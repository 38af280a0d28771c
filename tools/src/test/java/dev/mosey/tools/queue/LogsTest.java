package dev.mosey.tools.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.tools.FakeNode;
import dev.mosey.tools.Typist;
import dev.mosey.tools.Typist.Seen;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsTest {
  private static final String ARRAY =
      "{\"id\":\"alpha.18\",\"state\":\"done\",\"array\":\"1-2\",\"tasks\":{\"done\":2}}";

  @TempDir Path directory;
  private final FakeNode node = new FakeNode();
  private Typist typist;

  @BeforeEach
  void sitDown() {
    typist = new Typist(directory).at(node);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void followsBothStreamsToTheEnd() {
    node.on("POST /jobs", 201, "{\"id\":\"alpha.3\"}");
    String prefix = "GET /jobs/alpha.3/output?stream=";
    node.on(prefix + "stdout&offset=0&wait=1", 200, output(0, "running"), "one\n");
    node.on(prefix + "stderr&offset=0", 200, output(0, "running"), "oops\n");
    node.on(prefix + "stdout&offset=4&wait=1", 200, output(4, "done"), "two\n");
    node.on(prefix + "stdout&offset=8&wait=1", 200, output(8, "done"), "");
    node.on(prefix + "stderr&offset=5", 200, output(5, "done"), "");
    node.on(
        "GET /jobs/alpha.3/wait?timeout=30",
        "{\"id\":\"alpha.3\",\"state\":\"done\",\"exit\":{\"code\":0}}");
    assertThat(typist.types("mosq submit --follow false"))
        .isEqualTo(new Seen(0, "one\ntwo\n", "mosq: alpha.3\noops\n"));
  }

  @Test
  void aFollowerIsToldWhereTheLogWasCutBackAndMissesNothing() {
    String prefix = "GET /jobs/alpha.3.1/output?stream=stdout&offset=";
    node.on(prefix + "0", 200, output(0, "running", 1), "one\ntwo\n");
    node.on(prefix + "8&seen=1", 200, output(8, "running", 1), "");
    node.on(prefix + "8&wait=20&seen=1", 200, output(4, "running", 2), "zwei\n");
    node.on(prefix + "9&wait=20&seen=2", 200, output(9, "done", 2), "drei\n");
    node.on(prefix + "14&wait=20&seen=2", 200, output(14, "done", 2), "");
    String note = "mosq: alpha.3.1 was set back: what follows from byte 4 on is written again\n";
    assertThat(typist.types("mosq logs -f alpha.3.1"))
        .isEqualTo(new Seen(0, "one\ntwo\nzwei\ndrei\n", note));
    node.on(prefix + "8&wait=20&seen=1", 200, output(4, "running", 2), "zwei\n");
    assertThat(typist.types("mosq logs -f alpha.3.1 --json").out())
        .as("its one value is what counts in the end")
        .contains("\"one\\nzwei\\ndrei\\n\"");
  }

  private static Map<String, String> output(long offset, String state, int incarnation) {
    Map<String, String> headers = new HashMap<>(output(offset, state));
    headers.put("Mosey-Incarnation", Integer.toString(incarnation));
    return headers;
  }

  private static Map<String, String> output(long offset, String state) {
    return Map.of(
        "Mosey-Offset", Long.toString(offset), "Mosey-State", state, "Mosey-Truncated", "false");
  }

  @Test
  void readsTheLogOfAnArrayElementByElement() {
    node.on("GET /jobs/alpha.18", ARRAY);
    for (int i = 1; i <= 2; i++) {
      String prefix = "GET /jobs/alpha.18." + i + "/output?stream=stdout&offset=";
      node.on(prefix + "0", 200, output(0, "done"), "from " + i + "\n");
      node.on(prefix + "7", 200, output(7, "done"), "");
    }
    assertThat(typist.types("mosq logs alpha.18")).isEqualTo(new Seen(0, "from 1\nfrom 2\n", ""));
  }

  @Test
  void outputTooLargeForJsonIsRefusedWithAWayThatWorks() {
    String large = "x".repeat(9 << 20);
    node.on("GET /jobs/alpha.18.1/output?stream=stdout&offset=0", 200, output(0, "done"), large);
    Seen seen = typist.types("mosq logs alpha.18.1 -o json");
    assertThat(seen.status()).isEqualTo(1);
    assertThat(seen.out()).contains("too large for JSON: more than 8 MiB", "--to DIR");
    assertThat(seen.out()).hasSizeLessThan(500);
  }

  @Test
  void theLastLinesAreFoundFromTheEnd() {
    String prefix = "GET /jobs/alpha.18.1/output?stream=stdout&offset=";
    String text = "x".repeat(40_000) + "\none\ntwo\n";
    Map<String, String> size = Map.of("Mosey-Size", Integer.toString(text.length()));
    node.on(prefix + "0&limit=1", 200, size, "x");
    int half = text.length() - 32 * 1024;
    node.on(prefix + half + "&limit=32768", 200, size, text.substring(half));
    node.on(prefix + "0&limit=" + half, 200, size, text.substring(0, half));
    for (int from : List.of(0, 40_001, 40_005, text.length())) {
      node.on(prefix + from, 200, output(from, "done"), text.substring(from));
    }
    assertThat(typist.types("mosq logs alpha.18.1 --tail 1").out()).isEqualTo("two\n");
    assertThat(typist.types("mosq logs alpha.18.1 --tail 2").out()).isEqualTo("one\ntwo\n");
    assertThat(typist.types("mosq logs alpha.18.1 -n 3").out()).isEqualTo(text);
    assertThat(typist.types("mosq logs alpha.18.1 -n 99").out()).isEqualTo(text);
    assertThat(typist.types("mosq logs alpha.18.1 -n 0").out()).isEmpty();
  }

  @Test
  void putsLogsIntoFiles() {
    for (String stream : List.of("stdout", "stderr")) {
      String prefix = "GET /jobs/alpha.18.1/output?stream=" + stream + "&offset=";
      node.on(prefix + "0", 200, output(0, "done"), stream + "\n");
      node.on(prefix + "7", 200, output(7, "done"), "");
    }
    assertThat(typist.types("mosq logs alpha.18.1 --to results")).isEqualTo(new Seen(0, "", ""));
    assertThat(directory.resolve("results/alpha.18.1.out")).hasContent("stdout");
    assertThat(directory.resolve("results/alpha.18.1.err")).hasContent("stderr");
  }
}
