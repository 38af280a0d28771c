package dev.mosey.node.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The move ledger of a node: one line of JSON ({@link MoveView}) for every decision to move, when
 * it has come to its end, with the figures that decided and what came of it. {@code moves.jsonl} in
 * the data directory; a second line of the same move says, later, what it has gained. A full one
 * becomes {@code moves.1.jsonl}. It explains; nothing depends on it, so lines are not synced, and
 * one that can't be written is kept in memory only. Not for several threads.
 */
public final class MoveLedger implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MoveLedger.class);

  private final Path file;
  private final Path full;
  private final long bytesMax;
  private final int linesMax;
  private final ArrayDeque<MoveView> tail = new ArrayDeque<>();
  private Consumer<MoveView> observer = move -> {};
  private OutputStream out;
  private long bytes;
  private boolean failing;

  /**
   * Opens or creates it and reads its end.
   *
   * @param directory that exists
   * @param bytesMax of the file
   * @param linesMax kept in memory
   */
  public MoveLedger(Path directory, long bytesMax, int linesMax) {
    this.file = directory.resolve("moves.jsonl");
    this.full = directory.resolve("moves.1.jsonl");
    this.bytesMax = bytesMax;
    this.linesMax = linesMax;
    load(full);
    load(file);
  }

  private void load(Path path) {
    try (var lines = Files.lines(path, StandardCharsets.UTF_8)) {
      lines.forEach(this::loadLine);
    } catch (NoSuchFileException none) {
      // The first start.
    } catch (IOException | RuntimeException unreadable) {
      LOG.warn("event=ledger-unreadable file={} reason={}", path, unreadable.getMessage());
    }
  }

  /** A line that was cut off by a crash is passed over. */
  private void loadLine(String line) {
    try {
      remember(Json.MAPPER.readValue(line, MoveView.class));
    } catch (JsonProcessingException cutOff) {
      LOG.debug("event=ledger-line-skipped");
    }
  }

  /** A line that says what a move has gained takes the place of that move's first line. */
  private void remember(MoveView move) {
    if (move.realisedGainSeconds() != null) {
      tail.removeIf(
          first ->
              Objects.equals(first.id(), move.id())
                  && Objects.equals(first.at(), move.at())
                  && Objects.equals(first.to(), move.to()));
    }
    tail.addLast(move);
    while (tail.size() > linesMax) {
      tail.removeFirst();
    }
  }

  /** From now on {@code observer} is told of every line; it must only pass it on. */
  public MoveLedger observedBy(Consumer<MoveView> newObserver) {
    observer = newObserver;
    return this;
  }

  /** One more line. */
  public void append(MoveView move) {
    observer.accept(move);
    remember(move);
    byte[] line = Json.bytes(move);
    try {
      open(line.length + 1);
      out.write(line);
      out.write('\n');
      out.flush();
      bytes += line.length + 1;
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        LOG.warn("event=ledger-not-written file={} reason={}", file, e.getMessage());
      }
      failing = true;
      close();
    }
  }

  private void open(int more) throws IOException {
    if (out == null) {
      bytes = Files.exists(file) ? Files.size(file) : 0;
    }
    if (bytes > 0 && bytes + more > bytesMax) {
      close();
      Files.move(file, full, StandardCopyOption.REPLACE_EXISTING);
      bytes = 0;
    }
    if (out == null) {
      out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  /** Its end, newest first; only of one process, or of all when {@code id} is null. */
  public List<MoveView> tail(ProcessId id, int limit) {
    List<MoveView> found = new ArrayList<>();
    Iterator<MoveView> newest = tail.descendingIterator();
    while (newest.hasNext() && found.size() < limit) {
      MoveView move = newest.next();
      if (id == null || id.toString().equals(move.id())) {
        found.add(move);
      }
    }
    return found;
  }

  @Override
  public void close() {
    if (out != null) {
      try {
        out.close();
      } catch (IOException lost) {
        LOG.debug("event=ledger-not-closed", lost);
      }
      out = null;
    }
  }
}
