package dev.mosey.node.boot;

import dev.mosey.node.host.HandedOver;
import dev.mosey.node.keeper.Replacement;
import dev.mosey.node.store.AtomicFile;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon is followed by another in the same process: what the first one leaves in a file, the
 * second takes. The file is of use to nobody else, for it names the process.
 */
final class Succession {
  private static final Logger LOG = LoggerFactory.getLogger(Succession.class);
  private static final int START_FIELD = 19;

  private Succession() {}

  /**
   * What is left.
   *
   * @param pid of this process
   * @param startTicks when it started, by its kernel: another process of the same number is told
   *     apart by it
   * @param left what is left
   */
  private record Will(long pid, String startTicks, Left left) {}

  /**
   * What one daemon leaves to the next.
   *
   * @param over what runs
   * @param stop the signal that told this process to end while the one handed over to the other, or
   *     null: the other will do it
   */
  record Left(HandedOver over, String stop) {}

  /** Leaves it. */
  static void leave(AtomicFile file, Left left) {
    Will will = new Will(ProcessHandle.current().pid(), startTicks(), left);
    file.writeText(new String(Json.bytes(will), StandardCharsets.UTF_8));
  }

  /** Takes what the daemon before this one has left in this very process; never twice. */
  static Optional<Left> take(AtomicFile file) {
    Optional<String> text = file.readText();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      Files.delete(file.path());
      Will will = Json.parse(text.get().getBytes(StandardCharsets.UTF_8), Will.class);
      boolean ours =
          will.pid() == ProcessHandle.current().pid() && will.startTicks().equals(startTicks());
      return ours ? Optional.of(will.left()) : Optional.empty();
    } catch (IOException | IllegalArgumentException unreadable) {
      LOG.warn("event=nothing-taken-over reason=\"{}\"", unreadable.getMessage());
      return Optional.empty();
    }
  }

  /**
   * The program that would take this one's place, and its arguments: what the launcher's name
   * stands for now, which may be another version than this one.
   */
  static List<String> command(List<String> arguments) {
    String launcher = System.getProperty("mosey.launcher");
    if (launcher != null && Files.isExecutable(Path.of(launcher))) {
      List<String> command = new ArrayList<>(List.of(launcher));
      command.addAll(arguments);
      return command;
    }
    return self();
  }

  /** This very program as it was started: where it was not by a launcher. */
  private static List<String> self() {
    try {
      String line = Files.readString(Path.of("/proc/self/cmdline"));
      List<String> command = new ArrayList<>(List.of(line.split("\0")));
      command.set(0, Files.readSymbolicLink(Path.of("/proc/self/exe")).toString());
      return command;
    } catch (IOException unreadable) {
      throw new Refusal(Refusal.REFUSED, "/proc/self is not readable", "start it again by hand");
    }
  }

  /**
   * Lets the other program begin; does not return.
   *
   * @param over what it is left, or null
   */
  static void begin(List<String> command, HandedOver over) {
    Replacement.by(command, over == null ? null : over.keeper());
  }

  private static String startTicks() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START_FIELD];
    } catch (IOException unreadable) {
      return "";
    }
  }
}
