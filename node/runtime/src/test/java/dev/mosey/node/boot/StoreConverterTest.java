package dev.mosey.node.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreConverterTest {
  @TempDir Path directory;

  @Test
  void saysWhatIsMissingInOneLineAndAHint() throws IOException {
    assertThat(said("--convert-store", "postgresql"))
        .startsWith("2\nmosd: --convert-store needs mosd.store.postgresql.url, which is not set\n");
    assertThat(said("--convert-store", "mysql"))
        .isEqualTo("2\nmosd: --convert-store mysql is no store\nhint: embedded or postgresql\n");
  }

  @Test
  void aDatabaseThatIsAwayIsOneLineAndNothingIsMarked() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("mosd.conf"),
            """
            mosd.store.postgresql {
              url = "jdbc:postgresql://127.0.0.1:1/none"
              connect-timeout = 300ms
              open-timeout = 1s
              right = 1s
            }
            """);
    String answer = said("--convert-store", "postgresql", "--config", file.toString());
    assertThat(answer)
        .startsWith("1\nmosd: the database jdbc:postgresql://127.0.0.1:1/none can't be used: ");
    assertThat(answer.lines()).hasSize(3);
  }

  private String said(String... arguments) throws IOException {
    var err = new ByteArrayOutputStream();
    String[] all = new String[arguments.length + 4];
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    all[0] = "--name";
    all[1] = "alpha";
    all[2] = "--data";
    all[3] = directory.resolve("data").toString();
    try (var printing = new PrintStream(err, true, UTF_8)) {
      int exit =
          MosdMain.run(
              all,
              Map.of("HOME", directory.toString()),
              new PrintStream(PrintStream.nullOutputStream(), true, UTF_8),
              printing,
              daemon -> {
                throw new IllegalStateException("no daemon was asked for");
              });
      return exit + "\n" + err.toString(UTF_8);
    }
  }
}
