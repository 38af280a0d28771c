package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.deploy.Installation.Said;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A backup of a running node, and the way back when its disk is lost. */
class BackupIT {
  private static long number(String id) {
    return Long.parseLong(id.substring(id.lastIndexOf('.') + 1));
  }

  @Test
  void whatWasThereAtTheBackupIsThereAgainAfterTheDiskIsLost() throws Exception {
    try (Installation mosey = new Installation()) {
      mosey.run("mosixd", "start").ok();
      String done = mosey.run("mosq", "submit", "--", "echo", "kept").ok().line();
      mosey.run("mosq", "wait", done).ok();
      // What comes from a backup may still run where it was sent after that: for its lease.
      String held =
          mosey.run("mosq", "submit", "--hold", "--lease", "2s", "--", "echo", "later").ok().line();
      String node = held.substring(0, held.indexOf('.'));
      Path backup = mosey.folder().resolve("monday");
      assertThat(mosey.run("mosctl", "backup", backup.toString()).ok().out())
          .isEqualTo(node + " has a backup in " + backup + "\n");
      Said again = mosey.run("mosctl", "backup", backup.toString());
      assertThat(again.status()).isEqualTo(1);
      assertThat(again.err()).contains("exists").contains("hint: ").doesNotContain("Exception");

      String lost = mosey.run("mosq", "submit", "--", "true").ok().line();
      mosey.run("mosq", "wait", lost).ok();

      mosey.kill9(node);
      Path disk = mosey.folder().resolve("lost");
      Files.move(Path.of(mosey.environment().get("XDG_STATE_HOME"), "mosey", node), disk);
      var command = new ProcessBuilder(mosey.programs().resolve("mosd").toString());
      command.command().addAll(List.of("--name", node, "--port", "0"));
      command.command().addAll(List.of("--http-port", "0"));
      command.command().addAll(List.of("--restore-from", backup.toString()));
      command.environment().putAll(mosey.environment());
      Process restored = command.redirectError(disk.resolve("log").toFile()).start();
      assertThat(restored.inputReader().readLine()).contains(" is up in a cluster of 1, ");

      assertThat(mosey.run("mosq", "logs", done).ok().out()).isEqualTo("kept\n");
      mosey.run("mosq", "release", held).ok();
      mosey.run("mosq", "wait", held).ok();
      assertThat(mosey.run("mosq", "logs", held).ok().out()).isEqualTo("later\n");
      String next = mosey.run("mosq", "submit", "--", "true").ok().line();
      assertThat(number(next)).as("no id comes again").isGreaterThan(number(lost) + 1000);
      assertThat(mosey.run("mosq", "show", lost).err()).contains("there is no " + lost);
      restored.destroy();
      assertThat(restored.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }
}
