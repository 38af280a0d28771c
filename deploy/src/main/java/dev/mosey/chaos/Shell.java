package dev.mosey.chaos;

import dev.mosey.demo.DemoFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Short commands of the system. */
final class Shell {
  private Shell() {}

  /** How a command ended, and all that it said. */
  record Said(int status, String text) {}

  /** Runs one to its end. */
  static Said run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Said(process.waitFor(), text.strip());
    } catch (IOException missing) {
      return new Said(127, String.valueOf(missing.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted");
    }
  }

  /** Whether a command is there, and ends well. */
  static boolean has(String... command) {
    return run(command).status() == 0;
  }

  /** Whether we may do everything here. */
  static boolean isRoot() {
    return run("id", "-u").text().equals("0");
  }
}
