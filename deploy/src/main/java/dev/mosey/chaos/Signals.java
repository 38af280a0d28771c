package dev.mosey.chaos;

import dev.mosey.demo.DemoFailure;
import java.io.IOException;
import java.util.List;

/** Signals that Java has no word for. */
final class Signals {
  private Signals() {}

  /** Sends STOP or CONT; a process that has ended meanwhile is none to be sent to. */
  static void send(String signal, List<ProcessHandle> processes) {
    for (ProcessHandle each : processes) {
      if (each.isAlive()) {
        try {
          new ProcessBuilder("kill", "-" + signal, Long.toString(each.pid()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
        } catch (IOException e) {
          throw new DemoFailure("no signal can be sent: " + e.getMessage());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new DemoFailure("interrupted");
        }
      }
    }
  }
}
