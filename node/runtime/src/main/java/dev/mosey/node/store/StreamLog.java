package dev.mosey.node.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The history of one stream of one process: where its bytes lie, and where it was cut. Pure
 * bookkeeping; guarded by its store's lock. Compact, since there is one for every ended process.
 */
final class StreamLog {
  /** A record of this stream and where it lies. */
  record Entry(
      OutputRecord.Kind kind,
      int ordinal,
      int incarnation,
      long offset,
      int length,
      Segment segment,
      long position) {
    long end() {
      return offset + length;
    }
  }

  /**
   * {@code length} bytes of the stream from {@code offset}, at the beginning of an entry's data.
   */
  record Piece(long offset, long length, Entry entry) {}

  /** A stream as some incarnation saw it. */
  record View(List<Piece> pieces, long size, boolean truncated) {}

  private Entry[] entries = new Entry[1];
  private int count;
  private long size;
  private int incarnation;
  private boolean truncated;

  long size() {
    return size;
  }

  int incarnation() {
    return incarnation;
  }

  boolean truncated() {
    return truncated;
  }

  int nextOrdinal() {
    return count == 0 ? 0 : entries[count - 1].ordinal() + 1;
  }

  List<Entry> entries() {
    return Arrays.asList(entries).subList(0, count);
  }

  void add(Entry entry) {
    load(entry);
    apply(entry);
  }

  /** Adds without looking; {@link #loaded} follows when all are there, in whatever order. */
  void load(Entry entry) {
    if (count == entries.length) entries = Arrays.copyOf(entries, count + 1 + count / 2);
    entries[count++] = entry;
  }

  /** Puts what was loaded in order; returns what was there twice. */
  List<Entry> loaded() {
    var twice = new ArrayList<Entry>();
    if (count > 1) {
      Arrays.sort(entries, 0, count, Comparator.comparingInt(Entry::ordinal));
      int kept = 1;
      for (int i = 1; i < count; i++) {
        if (entries[i].ordinal() == entries[kept - 1].ordinal()) twice.add(entries[i]);
        else entries[kept++] = entries[i];
      }
      Arrays.fill(entries, kept, count, null);
      count = kept;
    }
    for (var entry : entries()) apply(entry);
    return twice;
  }

  private void apply(Entry entry) {
    incarnation = entry.incarnation();
    switch (entry.kind()) {
      case DATA -> size = entry.end();
      case CUT -> {
        size = entry.offset();
        truncated = false;
      }
      case TRUNCATED -> truncated = true;
      case DELETED -> throw new IllegalStateException("a deletion belongs to no stream");
    }
  }

  /** The entry of that ordinal, or null. */
  Entry find(int ordinal) {
    int at = indexOf(entries(), ordinal);
    return at < 0 ? null : entries[at];
  }

  /** The entry of that ordinal lies elsewhere now. */
  void moved(int ordinal, Segment to, long position) {
    int at = indexOf(entries(), ordinal);
    var old = entries[at];
    entries[at] =
        new Entry(old.kind(), ordinal, old.incarnation(), old.offset(), old.length(), to, position);
  }

  /** Entries are in the order of their ordinals, and lists made of them too. */
  private static int indexOf(List<Entry> sorted, int ordinal) {
    int low = 0;
    int high = sorted.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int there = sorted.get(middle).ordinal();
      if (there == ordinal) return middle;
      if (there < ordinal) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /**
   * Forgets the oldest data that was cut off, until at most so many bytes of it are left; returns
   * what was forgotten.
   */
  List<Entry> forgetCut(long bytesMax) {
    var wanted = new ArrayList<Entry>();
    for (var piece : view(Integer.MAX_VALUE).pieces()) wanted.add(piece.entry());
    var cut = new ArrayList<Entry>();
    long bytes = 0;
    for (var entry : entries()) {
      if (entry.kind() != OutputRecord.Kind.DATA || indexOf(wanted, entry.ordinal()) >= 0) continue;
      cut.add(entry);
      bytes += entry.length();
    }
    var forgotten = new ArrayList<Entry>();
    for (var entry : cut) {
      if (bytes <= bytesMax) break;
      forgotten.add(entry);
      bytes -= entry.length();
    }
    if (!forgotten.isEmpty()) remove(forgotten);
    return forgotten;
  }

  private void remove(List<Entry> forgotten) {
    int kept = 0;
    for (int i = 0; i < count; i++)
      if (indexOf(forgotten, entries[i].ordinal()) < 0) entries[kept++] = entries[i];
    Arrays.fill(entries, kept, count, null);
    count = kept;
  }

  /** The stream as it was when {@code attempt} ended. */
  View view(int attempt) {
    var pieces = new ArrayList<Piece>();
    long end = 0;
    boolean full = false;
    for (var entry : entries()) {
      if (entry.incarnation() > attempt) break;
      switch (entry.kind()) {
        case DATA -> {
          pieces.add(new Piece(entry.offset(), entry.length(), entry));
          end = entry.end();
        }
        case CUT -> {
          end = entry.offset();
          full = false;
          cutPieces(pieces, end);
        }
        case TRUNCATED -> full = true;
        case DELETED -> throw new IllegalStateException("a deletion belongs to no stream");
      }
    }
    return new View(pieces, end, full);
  }

  private static void cutPieces(List<Piece> pieces, long end) {
    while (!pieces.isEmpty() && pieces.getLast().offset() >= end) pieces.removeLast();
    if (pieces.isEmpty()) return;
    var last = pieces.getLast();
    if (last.offset() + last.length() > end)
      pieces.set(pieces.size() - 1, new Piece(last.offset(), end - last.offset(), last.entry()));
  }

  /**
   * The furthest that incarnations after {@code seen}, up to {@code attempt}, have cut back to;
   * beyond every offset if none has. Cuts are never forgotten, whatever becomes of what they cut.
   */
  long cutBack(int seen, int attempt) {
    long least = Long.MAX_VALUE;
    for (var entry : entries())
      if (entry.kind() == OutputRecord.Kind.CUT
          && entry.incarnation() > seen
          && entry.incarnation() <= attempt) least = Math.min(least, entry.offset());
    return least;
  }

  List<OutputStore.Cut> cuts() {
    var cuts = new ArrayList<OutputStore.Cut>();
    long before = 0;
    for (var entry : entries()) {
      if (entry.kind() == OutputRecord.Kind.CUT)
        cuts.add(new OutputStore.Cut(entry.offset(), before, entry.incarnation()));
      if (entry.kind() == OutputRecord.Kind.DATA) before = entry.end();
      else if (entry.kind() == OutputRecord.Kind.CUT) before = entry.offset();
    }
    return cuts;
  }
}
