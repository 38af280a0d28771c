package dev.mosey.node.home;

import dev.mosey.node.cluster.Post;
import dev.mosey.node.store.OutputStore;
import dev.mosey.node.store.StoreException;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.OutputTaken;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what processes wrote. One thread writes all chunks that wait, syncs once for them, and
 * only then tells the hosts that they may forget them. What is refused or lost on the way is sent
 * again by the host, so nothing here need be kept in memory.
 *
 * <p>A process's output belongs to one incarnation at a time: {@link #begins} says which, and where
 * it goes on. It must be called after the placing was journalled and before the host hears of it.
 * Safe for use by several threads.
 */
final class OutputIntake implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutputIntake.class);
  private static final int GROUP_MAX = 1024;

  private sealed interface Work {
    record Chunk(NodeName from, Output output) implements Work {}

    record Begin(ProcessId id, int incarnation, long stdout, long stderr) implements Work {}

    record End(ProcessId id) implements Work {}

    record Delete(List<ProcessId> ids) implements Work {}

    record Stop() implements Work {}
  }

  private record Stream(NodeName host, ProcessId id, int incarnation, int stream) {}

  private record Durable(long stdout, long stderr) {
    Durable with(int stream, long size) {
      return stream == OutputStore.STDOUT ? new Durable(size, stderr) : new Durable(stdout, size);
    }
  }

  /** Told which processes have more output on disk than before. */
  interface Listener {
    /** After a sync, on the writing thread. */
    void synced(Set<ProcessId> processes);

    /** Nothing can be written any more; called once. */
    void broken(StoreException why);
  }

  private final OutputStore store;
  private final Post post;
  private final long pendingBytesMax;
  private final Listener listener;
  private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
  private final AtomicLong pendingBytes = new AtomicLong();
  private final Map<ProcessId, Integer> incarnations = new ConcurrentHashMap<>();
  private final Map<ProcessId, Durable> durable = new ConcurrentHashMap<>();
  private final Thread thread;

  /** Cuts that a full disk has put off; on the writing thread only. */
  private final Map<ProcessId, Work.Begin> owed = new HashMap<>();

  private boolean warnedFull;

  OutputIntake(OutputStore store, Post post, long pendingBytesMax, Listener listener) {
    this.store = store;
    this.post = post;
    this.pendingBytesMax = pendingBytesMax;
    this.listener = listener;
    this.thread = Thread.ofPlatform().name("mosey-output").daemon().unstarted(this::run);
  }

  /** Makes durable what an earlier life of this node may have left unsynced, and begins. */
  void start() {
    store.sync();
    thread.start();
  }

  /** A chunk from a host. Beyond the bound it is dropped: the host sends it again. */
  void take(NodeName from, Output output) {
    int bytes = output.bytes().length;
    if (pendingBytes.addAndGet(bytes) > pendingBytesMax) {
      pendingBytes.addAndGet(-bytes);
      return;
    }
    queue.add(new Work.Chunk(from, output));
  }

  /**
   * From here on this incarnation writes, beginning at these offsets; what lies beyond is cut off.
   */
  void begins(ProcessId id, int incarnation, long stdout, long stderr) {
    queue.add(new Work.Begin(id, incarnation, stdout, stderr));
  }

  /** Its end is journalled: it writes no more. */
  void ended(ProcessId id) {
    queue.add(new Work.End(id));
  }

  /** Nobody asks for their output any more. */
  void delete(List<ProcessId> ids) {
    queue.add(new Work.Delete(ids));
  }

  /** Whether so much of both streams is on the disk, or given up because a stream is full. */
  boolean has(ProcessId id, OutputEnds ends) {
    Durable known = durable.get(id);
    return has(id, OutputStore.STDOUT, ends.stdout(), known == null ? -1 : known.stdout)
        && has(id, OutputStore.STDERR, ends.stderr(), known == null ? -1 : known.stderr);
  }

  private boolean has(ProcessId id, int stream, long wanted, long known) {
    if (wanted <= Math.max(known, 0)) {
      return true;
    }
    OutputStore.StreamState state = store.state(id, stream);
    // What this life has not touched was synced at the start.
    return state.truncated() || (known < 0 && state.size() >= wanted);
  }

  private void run() {
    List<Work> group = new ArrayList<>();
    boolean running = true;
    while (running) {
      group.clear();
      try {
        group.add(queue.take());
      } catch (InterruptedException stopped) {
        return;
      }
      queue.drainTo(group, GROUP_MAX);
      running = group.stream().noneMatch(Work.Stop.class::isInstance);
      try {
        write(group);
      } catch (StoreException failed) {
        LOG.error("event=output-broken why=\"{}\"", failed.getMessage(), failed);
        listener.broken(failed);
        return;
      }
    }
  }

  private void warnFull(StoreException full) {
    if (!warnedFull) {
      LOG.warn("event=output-waits why=\"{}\"", full.getMessage());
    }
    warnedFull = true;
  }

  private void write(List<Work> group) {
    Map<Stream, OutputTaken> answers = new LinkedHashMap<>();
    for (Work work : group) {
      switch (work) {
        case Work.Chunk chunk -> {
          pendingBytes.addAndGet(-chunk.output.bytes().length);
          OutputTaken answer = append(chunk.output);
          if (answer != null) {
            Output output = chunk.output;
            answers.put(
                new Stream(chunk.from, output.id(), output.incarnation(), output.stream()), answer);
          }
        }
        case Work.Begin begin -> tryBegin(begin);
        case Work.End end -> {
          incarnations.remove(end.id);
          owed.remove(end.id);
          durable.remove(end.id);
        }
        case Work.Delete delete -> store.delete(delete.ids);
        case Work.Stop stop -> {
          // Seen by the loop, after this group.
        }
      }
    }
    store.sync();
    answer(answers);
  }

  private void answer(Map<Stream, OutputTaken> answers) {
    Set<ProcessId> grown = new HashSet<>();
    answers.forEach(
        (stream, answer) -> {
          if (answer.refused() == null) {
            grown.add(answer.id());
            durable.compute(
                answer.id(),
                (id, old) ->
                    (old == null ? durableNow(id) : old).with(answer.stream(), answer.upTo()));
          }
          post.send(stream.host, answer);
        });
    if (!grown.isEmpty()) {
      warnedFull = false;
      listener.synced(grown);
    }
  }

  private Durable durableNow(ProcessId id) {
    return new Durable(
        store.state(id, OutputStore.STDOUT).size(), store.state(id, OutputStore.STDERR).size());
  }

  /** The answer after the sync; null when there is none, so that the host sends it again. */
  private OutputTaken append(Output chunk) {
    Integer current = incarnations.get(chunk.id());
    if (current == null || chunk.incarnation() < current) {
      return taken(chunk, 0, current == null ? "it has ended" : "a later incarnation writes now");
    }
    if (chunk.incarnation() > current) {
      return null;
    }
    durable.computeIfAbsent(chunk.id(), this::durableNow);
    OutputStore.Answer answer;
    try {
      Work.Begin cut = owed.get(chunk.id());
      if (cut != null) {
        begin(cut);
      }
      answer =
          store.append(
              chunk.id(), chunk.incarnation(), chunk.stream(), chunk.offset(), chunk.bytes());
    } catch (StoreException full) {
      if (full.kind() != StoreException.Kind.FULL) {
        throw full;
      }
      warnFull(full);
      return null;
    }
    long end = chunk.offset() + chunk.bytes().length;
    return switch (answer) {
      case STORED, DUPLICATE, GAP ->
          taken(chunk, store.state(chunk.id(), chunk.stream()).size(), null);
      case TRUNCATED -> taken(chunk, end, null);
      case STALE -> taken(chunk, 0, "a later incarnation writes now");
    };
  }

  private static OutputTaken taken(Output chunk, long upTo, String refused) {
    return new OutputTaken(chunk.id(), chunk.incarnation(), chunk.stream(), upTo, refused);
  }

  private void tryBegin(Work.Begin begin) {
    incarnations.put(begin.id, begin.incarnation);
    owed.put(begin.id, begin);
    try {
      begin(begin);
    } catch (StoreException full) {
      if (full.kind() != StoreException.Kind.FULL) {
        throw full;
      }
      warnFull(full);
    }
  }

  private void begin(Work.Begin begin) {
    cut(begin, OutputStore.STDOUT, begin.stdout);
    cut(begin, OutputStore.STDERR, begin.stderr);
    owed.remove(begin.id);
  }

  /** Also where nothing is cut off: it shuts out what earlier incarnations may still send. */
  private void cut(Work.Begin begin, int stream, long offset) {
    OutputStore.StreamState state = store.state(begin.id, stream);
    if (state.incarnation() == 0 || state.incarnation() >= begin.incarnation) {
      return;
    }
    store.cut(begin.id, stream, Math.min(offset, state.size()), begin.incarnation);
    durable.computeIfPresent(
        begin.id, (id, known) -> known.with(stream, Math.min(offset, state.size())));
  }

  /** Writes what waits, and ends. */
  @Override
  public void close() {
    queue.add(new Work.Stop());
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
