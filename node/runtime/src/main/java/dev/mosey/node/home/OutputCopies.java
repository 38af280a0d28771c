package dev.mosey.node.home;

import dev.mosey.node.store.OutputStore;
import dev.mosey.node.store.StoreException;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.ProcessId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the output of what ended to the files that its user named. The elements of an array write
 * to files of their own: {@code %t} in the name is the element's index, and a name without it gets
 * {@code .INDEX} at its end; {@code %j} is the job's id.
 */
final class OutputCopies {
  private static final Logger LOG = LoggerFactory.getLogger(OutputCopies.class);
  private static final int CHUNK_BYTES = 1 << 20;
  private static final Path NOTHING = Path.of("/dev/null");

  private final OutputStore output;

  /** Of arrays that have not ended whole, the first failure. */
  private final Map<JobId, String> ofArrays = new HashMap<>();

  OutputCopies(OutputStore output) {
    this.output = output;
  }

  /**
   * Copies what the row asks for.
   *
   * @return what could not be copied, and why, for the user; with the row of a whole array the
   *     first of its elements' failures
   */
  Optional<String> copy(HistoryRow row) {
    if (row.view().tasks() != null) {
      return Optional.ofNullable(ofArrays.remove(row.id().jobId()));
    }
    String stdout = nameOf(row.stdoutFile(), row.id());
    String stderr = nameOf(row.stderrFile(), row.id());
    List<String> failures = new ArrayList<>();
    if (stdout != null && stdout.equals(stderr)) {
      write(row.id(), stdout, failures, OutputStore.STDOUT, OutputStore.STDERR);
    } else {
      if (stdout != null) {
        write(row.id(), stdout, failures, OutputStore.STDOUT);
      }
      if (stderr != null) {
        write(row.id(), stderr, failures, OutputStore.STDERR);
      }
    }
    if (failures.isEmpty()) {
      return Optional.empty();
    }
    String note = "its output was not copied to " + String.join(", nor to ", failures);
    if (row.id().isElement()) {
      ofArrays.putIfAbsent(row.id().jobId(), "of " + row.id() + ": " + note);
    }
    return Optional.of(note);
  }

  static String nameOf(String pattern, ProcessId id) {
    if (pattern == null || pattern.isEmpty()) {
      return null;
    }
    String index = id.isElement() ? String.valueOf(id.task()) : "0";
    String name = pattern.replace("%j", id.jobId().toString()).replace("%t", index);
    return id.isElement() && !pattern.contains("%t") ? name + "." + index : name;
  }

  private void write(ProcessId id, String name, List<String> failures, int... streams) {
    try {
      Path target = Path.of(name);
      if (target.equals(NOTHING)) {
        return;
      }
      if (Files.exists(target) && !Files.isRegularFile(target)) {
        // A pipe without a reader would hold up everybody's history.
        String what = Files.isDirectory(target) ? "it is a directory" : "it is no file";
        throw new FileSystemException(name, null, what);
      }
      // Under another name first: a reader must never see half of it.
      Path part = target.resolveSibling("." + target.getFileName() + "." + id + ".part");
      pour(id, part, streams);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | StoreException | IllegalArgumentException e) {
      LOG.warn("event=output-not-copied process={} to={} why=\"{}\"", id, name, e.toString());
      failures.add(name + ": " + reason(e));
    }
  }

  private static String reason(Exception failure) {
    return switch (failure) {
      case NoSuchFileException none -> "there is no such directory";
      case AccessDeniedException denied -> "it may not be written";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      case Exception other -> other.getMessage();
    };
  }

  private void pour(ProcessId id, Path target, int... streams) throws IOException {
    try (OutputStream out =
        Files.newOutputStream(
            target,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      for (int stream : streams) {
        long offset = 0;
        OutputStore.Chunk chunk = output.read(id, stream, offset, CHUNK_BYTES);
        while (chunk.bytes().length > 0) {
          out.write(chunk.bytes());
          offset = chunk.from() + chunk.bytes().length;
          chunk = output.read(id, stream, offset, CHUNK_BYTES);
        }
      }
    }
  }
}
