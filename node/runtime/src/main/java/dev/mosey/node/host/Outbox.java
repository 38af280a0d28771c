package dev.mosey.node.host;

import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The output of one incarnation on its way to its home: cut into chunks, sent within a window, kept
 * until the home has it on its disk, sent again when no answer comes. Offsets count from the
 * beginning of the process. Pure: the time is an argument; not for several threads.
 *
 * <p>Short writes that follow each other while a chunk is under way go together in the next.
 */
final class Outbox {
  private final ProcessId id;
  private final int incarnation;
  private final int windowBytes;
  private final long resendMillis;
  private final Stream[] streams;

  Outbox(ProcessId id, int incarnation, OutputEnds from, int windowBytes, long resendMillis) {
    this.id = id;
    this.incarnation = incarnation;
    this.windowBytes = windowBytes;
    this.resendMillis = resendMillis;
    this.streams = new Stream[] {new Stream(from.stdout()), new Stream(from.stderr())};
  }

  private record Chunk(long offset, byte[] bytes) {
    long end() {
      return offset + bytes.length;
    }
  }

  private static final class Stream {
    final Deque<Chunk> kept = new ArrayDeque<>();
    long taken;
    long sent;
    long end;

    /** How far the home has said that it took; beyond all = it takes no more. */
    boolean closed;

    /** When something was last sent for the first time, or taken. */
    long movedAtMillis;

    /** The answer is overdue: only the first chunk is repeated until one comes. */
    boolean probing;

    Stream(long from) {
      taken = from;
      sent = from;
      end = from;
    }
  }

  /**
   * Takes what the process has written.
   *
   * @param stream 1 or 2
   * @return how many of these bytes are of no use any more, because the home takes none
   */
  int add(int stream, byte[] bytes) {
    var to = streams[stream - 1];
    long from = to.end;
    to.end += bytes.length;
    if (to.closed) {
      to.taken = to.end;
      to.sent = to.end;
      return bytes.length;
    }
    int at = 0;
    var last = to.kept.peekLast();
    if (last != null && last.offset() >= to.sent) {
      at = Math.min(bytes.length, HostSettings.OUTPUT_CHUNK_BYTES - last.bytes().length);
      var joined = Arrays.copyOf(last.bytes(), last.bytes().length + at);
      System.arraycopy(bytes, 0, joined, last.bytes().length, at);
      to.kept.removeLast();
      to.kept.addLast(new Chunk(last.offset(), joined));
    }
    while (at < bytes.length) {
      int length = Math.min(bytes.length - at, HostSettings.OUTPUT_CHUNK_BYTES);
      var piece = length == bytes.length ? bytes : Arrays.copyOfRange(bytes, at, at + length);
      to.kept.addLast(new Chunk(from + at, piece));
      at += length;
    }
    return 0;
  }

  /**
   * The home has synced a stream up to there.
   *
   * @param closed whether it takes no more
   * @return how many bytes were freed
   */
  int taken(int stream, long upTo, boolean closed, long nowMillis) {
    var of = streams[stream - 1];
    long before = of.taken;
    long reach = closed ? of.end : Math.min(upTo, of.end);
    of.closed |= closed;
    if (reach <= before) return 0;
    of.taken = reach;
    while (!of.kept.isEmpty() && of.kept.peekFirst().end() <= reach) of.kept.removeFirst();
    var first = of.kept.peekFirst();
    if (first != null && first.offset() < reach) {
      int from = (int) (reach - first.offset());
      of.kept.removeFirst();
      of.kept.addFirst(
          new Chunk(reach, Arrays.copyOfRange(first.bytes(), from, first.bytes().length)));
    }
    // What was sent after the chunk that had to be repeated is likely lost as well.
    of.sent = of.probing ? reach : Math.max(of.sent, reach);
    of.probing = false;
    of.movedAtMillis = nowMillis;
    return (int) (reach - before);
  }

  /** What is to be sent now; to be asked after every change and when {@link #dueMillis} is over. */
  List<Output> toSend(long nowMillis) {
    List<Output> messages = new ArrayList<>(0);
    for (int number = 1; number <= streams.length; number++) {
      var stream = streams[number - 1];
      boolean overdue =
          stream.sent > stream.taken && nowMillis - stream.movedAtMillis >= resendMillis;
      if (overdue) {
        stream.probing = true;
        stream.movedAtMillis = nowMillis;
        messages.add(message(number, stream.kept.peekFirst()));
      }
      if (!stream.probing) sendNew(number, stream, nowMillis, messages);
    }
    return messages;
  }

  private void sendNew(int number, Stream stream, long nowMillis, List<Output> messages) {
    for (Iterator<Chunk> chunks = stream.kept.iterator(); chunks.hasNext(); ) {
      var chunk = chunks.next();
      if (chunk.offset() < stream.sent) continue;
      long underWay = stream.sent - stream.taken;
      boolean small = chunk.bytes().length < HostSettings.OUTPUT_CHUNK_BYTES / 2;
      if (underWay > 0 && (small || underWay + chunk.bytes().length > windowBytes)) return;
      messages.add(message(number, chunk));
      if (underWay == 0) stream.movedAtMillis = nowMillis;
      stream.sent = chunk.end();
    }
  }

  private Output message(int stream, Chunk chunk) {
    return new Output(id, incarnation, stream, chunk.offset(), chunk.bytes());
  }

  /** All that the home has not taken, in order of stream and offset. */
  List<Output> kept() {
    List<Output> messages = new ArrayList<>();
    for (int number = 1; number <= streams.length; number++) {
      for (var chunk : streams[number - 1].kept) messages.add(message(number, chunk));
    }
    return messages;
  }

  /** How much the home has taken, from the beginning of the process. */
  OutputEnds taken() {
    return new OutputEnds(streams[0].taken, streams[1].taken);
  }

  /** Where each stream of {@link #kept} output begins. */
  static OutputEnds start(List<Output> kept) {
    long[] first = {0, 0};
    for (int at = kept.size() - 1; at >= 0; at--) {
      first[kept.get(at).stream() - 1] = kept.get(at).offset();
    }
    return new OutputEnds(first[0], first[1]);
  }

  /** When an answer is overdue, on the clock of the arguments; {@link Long#MAX_VALUE} = never. */
  long dueMillis() {
    long due = Long.MAX_VALUE;
    for (var stream : streams) {
      if (stream.sent > stream.taken) due = Math.min(due, stream.movedAtMillis + resendMillis);
    }
    return due;
  }

  /** Whether the home has all that was written. */
  boolean empty() {
    return takenUpTo(ends());
  }

  /** Whether the home has both streams up to there. */
  boolean takenUpTo(OutputEnds ends) {
    return streams[0].taken >= ends.stdout() && streams[1].taken >= ends.stderr();
  }

  /** Whether so much was written. */
  boolean reached(OutputEnds ends) {
    return streams[0].end >= ends.stdout() && streams[1].end >= ends.stderr();
  }

  /** How much was written, from the beginning of the process. */
  OutputEnds ends() {
    return new OutputEnds(streams[0].end, streams[1].end);
  }
}
