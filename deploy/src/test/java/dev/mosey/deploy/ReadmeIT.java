package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Types every command of the README, in order, in one shell: what it says works. */
class ReadmeIT {
  private static final Pattern BLOCK =
      Pattern.compile("^```sh\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  /** Commands that other tests run whole: the demo, and the tests themselves. */
  private static final List<String> RUN_ELSEWHERE =
      List.of("deploy/demo", "mvn verify", "mvn -DskipTests package", "git clone", "export PATH=");

  @Test
  void everyCommandOfTheReadmeDoesWhatItSays() throws IOException {
    try (Installation mosey = new Installation()) {
      String readme = Files.readString(mosey.root().resolve("README.md"));
      List<String> commands = new ArrayList<>();
      Matcher block = BLOCK.matcher(readme);
      while (block.find()) {
        for (String line : block.group(1).split("\n")) {
          String command = line.replaceFirst("\\s+#.*", "").strip();
          if (!command.isEmpty() && RUN_ELSEWHERE.stream().noneMatch(command::startsWith)) {
            commands.add(command);
          }
        }
      }
      assertThat(commands).as("commands in the README").hasSizeGreaterThan(10);
      Path script = mosey.folder().resolve("tour.sh");
      Files.writeString(
          script,
          "set -eu\nset -x\ncd '" + mosey.root() + "'\n" + String.join("\n", commands) + "\n");
      mosey.run(Duration.ofMinutes(4), "sh", script.toString()).ok();
    }
  }
}
