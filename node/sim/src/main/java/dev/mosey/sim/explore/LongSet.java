package dev.mosey.sim.explore;

/** A set of longs by open addressing; 0 is never added. */
final class LongSet {
  private long[] slots = new long[1 << 16];
  private int size;

  /** True when it was not in the set. */
  boolean add(long value) {
    if (2 * (size + 1) > slots.length) {
      grow();
    }
    if (!insert(slots, value)) {
      return false;
    }
    size++;
    return true;
  }

  private void grow() {
    long[] larger = new long[slots.length * 2];
    for (long value : slots) {
      if (value != 0) {
        insert(larger, value);
      }
    }
    slots = larger;
  }

  private static boolean insert(long[] into, long value) {
    int mask = into.length - 1;
    int at = (int) (value ^ (value >>> 32)) & mask;
    while (into[at] != 0) {
      if (into[at] == value) {
        return false;
      }
      at = (at + 1) & mask;
    }
    into[at] = value;
    return true;
  }

  int size() {
    return size;
  }
}
