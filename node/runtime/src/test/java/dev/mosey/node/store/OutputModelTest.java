package dev.mosey.node.store;

import static dev.mosey.node.store.Fixtures.process;
import static dev.mosey.node.store.Fixtures.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.store.OutputStore.Answer;
import dev.mosey.protocol.id.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * The store against a model that keeps each stream as a plain array and a copy of it per attempt,
 * through appends, repetitions, cuts, deletions, compactions, restarts and power cuts.
 */
class OutputModelTest {
  private static final int STREAM_MAX = 60;

  /** One step; which numbers matter depends on the kind. */
  record Step(Kind kind, int process, int stream, int incarnation, int offset, int length) {}

  enum Kind {
    APPEND,
    APPEND_AT_END,
    CUT,
    DELETE,
    SYNC,
    COMPACT,
    REOPEN,
    LOSE_POWER
  }

  /** A stream as it should be. */
  static final class Stream {
    byte[] bytes = {};
    int incarnation;
    boolean truncated;
    final TreeMap<Integer, byte[]> attempts = new TreeMap<>();

    Stream copy() {
      var copy = new Stream();
      copy.bytes = bytes;
      copy.incarnation = incarnation;
      copy.truncated = truncated;
      copy.attempts.putAll(attempts);
      return copy;
    }

    Answer append(int by, int offset, byte[] data) {
      if (by < incarnation) return Answer.STALE;
      if (offset + data.length <= bytes.length) return Answer.DUPLICATE;
      if (truncated) return Answer.TRUNCATED;
      if (offset > bytes.length) return Answer.GAP;
      int wanted = offset + data.length;
      int end = Math.min(wanted, STREAM_MAX);
      int before = bytes.length;
      var longer = Arrays.copyOf(bytes, Math.max(end, before));
      for (int at = before; at < end; at++) longer[at] = data[at - offset];
      bytes = longer;
      incarnation = by;
      truncated = end < wanted;
      attempts.put(by, bytes);
      return truncated ? Answer.TRUNCATED : Answer.STORED;
    }

    Answer cut(int by, int offset) {
      if (by <= incarnation) return by == incarnation ? null : Answer.STALE;
      if (offset > bytes.length) return Answer.GAP;
      bytes = Arrays.copyOf(bytes, offset);
      incarnation = by;
      truncated = false;
      attempts.put(by, bytes);
      return Answer.STORED;
    }
  }

  record Key(int process, int stream) {}

  private final RecordingDisk disk = new RecordingDisk();
  private Path directory;
  private SegmentOutputStore store;
  private Map<Key, Stream> model;
  private Map<Key, Stream> durable;

  private SegmentOutputStore open() {
    return SegmentOutputStore.open(
        disk,
        directory,
        settings("output { segment = 1024, stream-max = " + STREAM_MAX + ", compact-below = 0.9 }")
            .output(),
        SpaceWatch.unlimited());
  }

  @Property(tries = 150)
  void agreesWithTheModel(@ForAll("steps") List<Step> steps) throws IOException {
    directory = Files.createTempDirectory("mosey-output").resolve("output");
    model = new HashMap<>();
    durable = new HashMap<>();
    store = open();
    try {
      for (var step : steps) {
        run(step);
        compare();
      }
    } finally {
      store.close();
      Fixtures.delete(directory.getParent());
    }
  }

  private Stream modelOf(Step step) {
    return model.computeIfAbsent(new Key(step.process, step.stream), any -> new Stream());
  }

  private void run(Step step) throws IOException {
    var process = process(step.process);
    switch (step.kind) {
      case APPEND, APPEND_AT_END -> {
        var expected = modelOf(step);
        boolean atEnd = step.kind == Kind.APPEND_AT_END;
        int offset = atEnd ? expected.bytes.length : step.offset;
        int by = atEnd ? Math.max(1, expected.incarnation) : step.incarnation;
        var data = new byte[step.length];
        // Later incarnations write other bytes, so that a mix-up is seen.
        for (int i = 0; i < data.length; i++) data[i] = (byte) (31 * (offset + i) + by);
        assertThat(store.append(process, by, step.stream, offset, data))
            .isEqualTo(expected.append(by, offset, data));
      }
      case CUT -> {
        var answer = store.cut(process, step.stream, step.offset, step.incarnation);
        var expected = modelOf(step).cut(step.incarnation, step.offset);
        if (expected == null) assertThat(answer).isIn(Answer.STALE, Answer.DUPLICATE);
        else assertThat(answer).isEqualTo(expected);
      }
      case DELETE -> {
        // Ids are not used again, so that only the highest is deleted, for good.
        var last = process(9);
        store.append(last, 1, 1, 0, new byte[] {1});
        store.delete(List.of(last));
      }
      case SYNC -> {
        store.sync();
        remember();
      }
      case COMPACT -> {
        store.sync();
        remember();
        store.compact();
      }
      case REOPEN -> {
        store.close();
        remember();
        store = open();
      }
      case LOSE_POWER -> losePower();
    }
  }

  private void remember() {
    durable = new HashMap<>();
    model.forEach((key, stream) -> durable.put(key, stream.copy()));
  }

  /** The disk keeps what was synced, and none of the rest. */
  private void losePower() throws IOException {
    disk.losePower(0);
    disk.failAt = 1;
    try {
      store.close();
    } catch (StoreException expected) {
      assertThat(expected).isNotNull();
    }
    disk.failAt = 0;
    store = open();
    model = new HashMap<>();
    durable.forEach((key, stream) -> model.put(key, stream.copy()));
  }

  private void compare() {
    for (var each : model.entrySet()) {
      ProcessId process = process(each.getKey().process);
      int stream = each.getKey().stream;
      var expected = each.getValue();
      var state = store.state(process, stream);
      assertThat(state.size()).isEqualTo(expected.bytes.length);
      assertThat(state.incarnation()).isEqualTo(expected.incarnation);
      assertThat(state.truncated()).isEqualTo(expected.truncated);
      assertThat(read(process, Integer.MAX_VALUE, stream)).isEqualTo(expected.bytes);
      expected.attempts.forEach(
          (attempt, bytes) ->
              assertThat(read(process, attempt, stream))
                  .as("attempt %d", attempt)
                  .isEqualTo(bytes));
    }
    assertThat(store.processes()).doesNotContain(process(9));
  }

  /** In pieces of seven bytes, so that every boundary is met. */
  private byte[] read(ProcessId process, int attempt, int stream) {
    var all = new ArrayList<Byte>();
    while (true) {
      var chunk = store.readAttempt(process, attempt, stream, all.size(), 7);
      assertThat(chunk.from()).isEqualTo(all.size());
      for (byte each : chunk.bytes()) all.add(each);
      if (chunk.bytes().length == 0) break;
    }
    var bytes = new byte[all.size()];
    for (int i = 0; i < bytes.length; i++) bytes[i] = all.get(i);
    return bytes;
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            net.jqwik.api.Tuple.of(6, Kind.APPEND),
            net.jqwik.api.Tuple.of(12, Kind.APPEND_AT_END),
            net.jqwik.api.Tuple.of(4, Kind.CUT),
            net.jqwik.api.Tuple.of(2, Kind.DELETE),
            net.jqwik.api.Tuple.of(3, Kind.SYNC),
            net.jqwik.api.Tuple.of(2, Kind.COMPACT),
            net.jqwik.api.Tuple.of(1, Kind.REOPEN),
            net.jqwik.api.Tuple.of(1, Kind.LOSE_POWER));
    return Combinators.combine(
            kinds,
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(1, 2),
            Arbitraries.integers().between(1, 6),
            Arbitraries.integers().between(0, 40),
            Arbitraries.integers().between(0, 25))
        .as(Step::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(80);
  }
}
