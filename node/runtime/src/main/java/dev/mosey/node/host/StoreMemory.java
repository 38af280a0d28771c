package dev.mosey.node.host;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mosey.node.store.AtomicFile;
import dev.mosey.node.store.Spool;
import dev.mosey.policy.guests.Guest;
import dev.mosey.policy.lease.Lease;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A host's memory in the node's store: the spool, and a file for the books. */
public final class StoreMemory implements HostMemory {
  private static final Logger LOG = LoggerFactory.getLogger(StoreMemory.class);
  private static final int PAGE = 256;

  private final Spool spool;
  private final AtomicFile file;
  private final JsonMapper json;
  private final Map<NodeName, BooksId> books = new TreeMap<>();
  private final Map<Long, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
  private final AtomicLong writes = new AtomicLong();

  /**
   * What is kept of a guest.
   *
   * @param image its image, or null
   * @param ends of its output
   * @param exit how it ended, or null when it left
   * @param why one line, or null
   * @param outputTaken whether the home has all of its output
   * @param cutOff whether its lease lapsed while the host was awake
   */
  private record Kept(
      ProcessId id,
      int incarnation,
      Image image,
      OutputEnds ends,
      Exit exit,
      String why,
      boolean outputTaken,
      long arrivedAtMillis,
      long startedAtMillis,
      long endedAtMillis,
      long cpuMillis,
      String progress,
      boolean cutOff,
      FrozenBy frozen) {}

  /**
   * Reads what was remembered.
   *
   * @param file for the books
   * @param json maps the protocol's records
   */
  public StoreMemory(Spool spool, AtomicFile file, JsonMapper json) {
    this.spool = spool;
    this.file = file;
    this.json = json;
    file.readText()
        .ifPresent(
            text -> {
              try {
                for (var each : json.readValue(text, new TypeReference<List<BooksId>>() {})) {
                  books.put(each.home(), each);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(file.path() + " is no list of books", e);
              }
            });
  }

  @Override
  public synchronized Collection<BooksId> books() {
    return List.copyOf(books.values());
  }

  @Override
  public synchronized void remember(BooksId newer) {
    books.put(newer.home(), newer);
    try {
      file.writeText(json.writeValueAsString(List.copyOf(books.values())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Guest> spooled() {
    Map<String, Guest> newest = new TreeMap<>();
    for (var entry : all()) {
      if (entry.kind() == Spool.Kind.OUTPUT) continue;
      newest.put(entry.process() + "-" + entry.incarnation(), guest(entry.content()));
    }
    return List.copyOf(newest.values());
  }

  private List<Spool.Entry> all() {
    List<Spool.Entry> entries = new ArrayList<>();
    for (NodeName home : spool.homes()) {
      long after = 0;
      for (var page = spool.pending(home, 0, PAGE);
          !page.isEmpty();
          page = spool.pending(home, after, PAGE)) {
        entries.addAll(page);
        after = page.getLast().number();
      }
    }
    return entries;
  }

  @Override
  public List<Output> output(ProcessId id, int incarnation) {
    return all().stream()
        .filter(each -> each.kind() == Spool.Kind.OUTPUT)
        .filter(each -> each.process().equals(id) && each.incarnation() == incarnation)
        .map(StoreMemory::output)
        .sorted(Comparator.comparingInt(Output::stream).thenComparingLong(Output::offset))
        .toList();
  }

  private static Output output(Spool.Entry entry) {
    var content = ByteBuffer.wrap(entry.content());
    int stream = content.get();
    long offset = content.getLong();
    var bytes = new byte[content.remaining()];
    content.get(bytes);
    return new Output(entry.process(), entry.incarnation(), stream, offset, bytes);
  }

  @Override
  public void keep(Guest guest, List<Output> output) {
    var id = guest.id();
    int incarnation = guest.incarnation();
    for (var chunk : output) {
      byte[] content =
          ByteBuffer.allocate(1 + Long.BYTES + chunk.bytes().length)
              .put((byte) chunk.stream())
              .putLong(chunk.offset())
              .put(chunk.bytes())
              .array();
      run(spool.add(id.home(), id, incarnation, Spool.Kind.OUTPUT, content, null), id);
    }
    Blob blob = guest.image() == null ? null : guest.image().blob();
    var kind = guest.exit() != null ? Spool.Kind.EXIT : Spool.Kind.CHECKPOINT;
    run(spool.add(id.home(), id, incarnation, kind, content(guest), blob), id);
  }

  private byte[] content(Guest guest) {
    try {
      return json.writeValueAsBytes(
          new Kept(
              guest.id(),
              guest.incarnation(),
              guest.image(),
              guest.ends(),
              guest.exit(),
              guest.why(),
              guest.outputTaken(),
              guest.arrivedAtMillis(),
              guest.startedAtMillis(),
              guest.endedAtMillis(),
              guest.cpuMillis(),
              guest.progress(),
              guest.cutOff(),
              guest.frozen()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without what only a running guest has. */
  private Guest guest(byte[] content) {
    Kept kept;
    try {
      kept = json.readValue(content, Kept.class);
    } catch (IOException e) {
      throw new UncheckedIOException("an entry of the spool is no guest", e);
    }
    boolean ended = kept.exit() != null;
    var phase =
        !ended ? Guest.Phase.LEFT : kept.outputTaken() ? Guest.Phase.ENDED : Guest.Phase.DRAINING;
    return new Guest(
        kept.id(),
        kept.incarnation(),
        null,
        phase,
        false,
        Lease.NONE,
        null,
        true,
        null,
        0,
        null,
        kept.image(),
        kept.ends(),
        kept.exit(),
        kept.outputTaken(),
        null,
        kept.why(),
        null,
        kept.arrivedAtMillis(),
        kept.startedAtMillis(),
        kept.endedAtMillis(),
        kept.cpuMillis(),
        0,
        kept.progress(),
        0,
        kept.cutOff(),
        kept.frozen());
  }

  @Override
  public void drop(ProcessId id, int incarnation) {
    // Nearly always nothing was written: then nothing has to be deleted.
    if (spool.size() == 0) return;
    run(spool.acknowledge(id, incarnation), id);
  }

  private void run(CompletableFuture<?> write, ProcessId id) {
    long number = writes.incrementAndGet();
    underWay.put(number, write);
    write.whenComplete(
        (done, failure) -> {
          underWay.remove(number);
          if (failure != null) {
            LOG.warn("event=not-spooled id={} reason=\"{}\"", id, Lines.of(failure));
          }
        });
  }

  @Override
  public Set<String> blobs() {
    return spool.blobs().stream().map(Blob::sha256).collect(Collectors.toSet());
  }

  @Override
  public void flush() {
    for (var write : List.copyOf(underWay.values())) write.exceptionally(failed -> null).join();
  }
}
