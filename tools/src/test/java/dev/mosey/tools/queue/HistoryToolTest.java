package dev.mosey.tools.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.tools.FakeNode;
import dev.mosey.tools.Typist;
import dev.mosey.tools.Typist.Seen;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryToolTest {
  private static final String SUM =
      "{\"keys\":{\"month\":\"2030-01\",\"user\":\"ann\"},"
          + "\"jobs\":2,\"tasks\":12,\"failed\":1,\"cpu_seconds\":60.0}";

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
  void asksTheNodeForSumsInsteadOfAddingUpRows() {
    String other = SUM.replace("2030-01", "2029-12").replace("60.0", "0.0");
    node.on(
        "GET /history?sum=user%2Cmonth&state=done%2Cfailed",
        "{\"items\":["
            + SUM
            + ","
            + other
            + "],\"incomplete\":[\"beta\"],\"notes\":[\"beta is away\"]}");
    assertThat(typist.types("mosq history --state done,failed --sum user,month"))
        .isEqualTo(
            new Seen(
                0,
                """
                USER  MONTH    JOBS  TASKS  FAILED    CPU
                ann   2029-12     2     12       1   0.0s
                ann   2030-01     2     12       1  1m00s
                """,
                "mosq: beta is away\n"));
    node.on("GET /history?sum=user", "{\"items\":[" + SUM + "]}");
    assertThat(typist.types("mosq history --sum user -o json").out())
        .isEqualTo(
            "{\"items\":[{\"user\":\"ann\",\"jobs\":2,\"tasks\":12,\"failed\":1,"
                + "\"cpu_seconds\":60}]}\n");
    assertThat(typist.types("mosq history --sum user --limit 3").status()).isEqualTo(2);
  }

  @Test
  void exportsEveryRow() {
    String row =
        "{\"id\":\"alpha.3\",\"command\":[\"false\"],\"state\":\"failed\",\"exit\":{\"code\":7},"
            + "\"ended\":\"2030-01-05T00:00:00Z\",\"user\":\"ann\",\"cpu_seconds\":30.0}";
    node.on("GET /history?limit=500", "{\"items\":[" + row + "]}");
    assertThat(typist.types("mosq history --export").out())
        .startsWith("id,name,user,state,")
        .contains("alpha.3,,ann,failed,,,,,2030-01-05T00:00:00Z,30.0,,,7,,false\n");
  }
}
