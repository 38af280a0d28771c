package dev.mosey.node.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;

/** Puts together what a view of a stream shows. */
final class OutputReader {
  private OutputReader() {}

  /** Up to {@code max} bytes without a hole; behind a hole if {@code from} lies in one. */
  static OutputStore.Chunk read(StreamLog log, int attempt, long from, int max) throws IOException {
    var view = log.view(attempt);
    long start = Math.max(0, Math.min(from, view.size()));
    var parts = new ArrayList<byte[]>();
    int total = 0;
    for (var piece : view.pieces()) {
      long end = piece.offset() + piece.length();
      long at = start + total;
      if (end <= at) continue;
      if (piece.offset() > at) {
        if (total > 0) break;
        // What lies between was given up.
        start = piece.offset();
        at = start;
      }
      int skip = (int) (at - piece.offset());
      int count = (int) Math.min(piece.length() - skip, max - total);
      if (count <= 0) break;
      var data = piece.entry().segment().readData(piece.entry().position());
      parts.add(Arrays.copyOfRange(data, skip, skip + count));
      total += count;
    }
    var whole = new byte[total];
    int at = 0;
    for (var part : parts) {
      System.arraycopy(part, 0, whole, at, part.length);
      at += part.length;
    }
    return new OutputStore.Chunk(start, whole, view.size(), view.truncated(), log.incarnation());
  }
}
