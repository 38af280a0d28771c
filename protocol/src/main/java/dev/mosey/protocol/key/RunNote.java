package dev.mosey.protocol.key;

import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a running node leaves in the key directory's {@code run/NAME.json}, so that tools of the
 * same user find it. Notes of nodes that ended without tidying up are ignored.
 *
 * @param name the node
 * @param pid of its daemon
 * @param startedAtMillis when that process started, epoch milliseconds: a later process of the same
 *     number is another one
 * @param bootId of the machine at that time: a note may lie in a home directory that several
 *     machines share
 * @param url of its HTTP interface
 */
public record RunNote(String name, long pid, long startedAtMillis, String bootId, String url) {
  private static final long START_TOLERANCE_MILLIS = 2_000;

  /** A note about this very process. */
  public static RunNote ofThisProcess(String name, String url) {
    ProcessHandle self = ProcessHandle.current();
    return new RunNote(name, self.pid(), startOf(self), currentBootId(), url);
  }

  /**
   * Leaves the note.
   *
   * @throws IOException when it can't be written
   */
  public void leave(KeyDirectory keys) throws IOException {
    Files.createDirectories(keys.run());
    Path written = Files.createTempFile(keys.run(), name, ".new");
    Files.write(written, Json.bytes(this));
    Files.move(
        written, file(keys), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Takes the note away, unless it is another process's by now. */
  public void remove(KeyDirectory keys) {
    try {
      if (read(file(keys)).filter(this::equals).isPresent()) {
        Files.deleteIfExists(file(keys));
      }
    } catch (IOException staysBehind) {
      // Readers check that the process lives, so a note that stays behind does no harm.
    }
  }

  /** The nodes that run on this machine with this key directory, by name. */
  public static List<RunNote> running(KeyDirectory keys) {
    if (!Files.isDirectory(keys.run())) {
      return List.of();
    }
    List<RunNote> notes = new ArrayList<>();
    try (Stream<Path> files = Files.list(keys.run())) {
      files
          .filter(file -> file.getFileName().toString().endsWith(".json"))
          .forEach(file -> read(file).filter(RunNote::alive).ifPresent(notes::add));
    } catch (IOException unreadable) {
      return List.of();
    }
    notes.sort(Comparator.comparing(RunNote::name));
    return List.copyOf(notes);
  }

  /** Whether the process that left it still runs on this machine. */
  public boolean alive() {
    return currentBootId().equals(bootId)
        && ProcessHandle.of(pid)
            .filter(ProcessHandle::isAlive)
            .filter(each -> Math.abs(startOf(each) - startedAtMillis) < START_TOLERANCE_MILLIS)
            .isPresent();
  }

  private Path file(KeyDirectory keys) {
    return keys.run().resolve(name + ".json");
  }

  private static Optional<RunNote> read(Path file) {
    try {
      return Optional.of(Json.parse(Files.readAllBytes(file), RunNote.class));
    } catch (IOException | IllegalArgumentException notANote) {
      return Optional.empty();
    }
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(java.time.Instant::toEpochMilli).orElse(0L);
  }

  private static String currentBootId() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException noSuchFile) {
      return "";
    }
  }
}
