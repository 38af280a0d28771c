package dev.mosey.policy.load;

import dev.mosey.protocol.id.NodeName;

/**
 * From a name to the number of its row: open addressing with linear probing, half empty. Hash and
 * row are in one number, so that one look at memory finds a row, and hardly any name is looked at
 * that is not the right one.
 */
final class NameIndex {
  private static final int FIRST_SLOTS = 64;
  private static final int HASH_SHIFT = 32;
  private static final long EMPTY = 0;

  private NodeName[] keys = new NodeName[FIRST_SLOTS];

  /** Hash above, row + 1 below. */
  private long[] slots = new long[FIRST_SLOTS];

  private int used;

  int find(NodeName name) {
    return (int) slots[slotOf(name, hash(name))] - 1;
  }

  void put(NodeName name, int row) {
    int hash = hash(name);
    int slot = slotOf(name, hash);
    if (slots[slot] == EMPTY) {
      if (2 * (used + 1) > keys.length) {
        rehash();
        slot = slotOf(name, hash);
      }
      used++;
      keys[slot] = name;
    }
    slots[slot] = (long) hash << HASH_SHIFT | row + 1;
  }

  void remove(NodeName name) {
    int hole = slotOf(name, hash(name));
    if (slots[hole] == EMPTY) {
      return;
    }
    used--;
    // Close the gap, or what lies behind it could not be found any more.
    int mask = keys.length - 1;
    int next = hole;
    while (true) {
      next = next + 1 & mask;
      if (slots[next] == EMPTY) {
        break;
      }
      int ideal = (int) (slots[next] >>> HASH_SHIFT) & mask;
      if ((next - ideal & mask) >= (next - hole & mask)) {
        keys[hole] = keys[next];
        slots[hole] = slots[next];
        hole = next;
      }
    }
    keys[hole] = null;
    slots[hole] = EMPTY;
  }

  private int slotOf(NodeName name, int hash) {
    int mask = keys.length - 1;
    int slot = hash & mask;
    while (slots[slot] != EMPTY
        && ((int) (slots[slot] >>> HASH_SHIFT) != hash || !same(keys[slot], name))) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /** Mostly it is the very same object, and need not be read. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean same(NodeName one, NodeName other) {
    return one == other || one.equals(other);
  }

  private static int hash(NodeName name) {
    int hash = name.value().hashCode() * 0x9E3779B9;
    return hash ^ hash >>> 16;
  }

  private void rehash() {
    NodeName[] oldKeys = keys;
    long[] oldSlots = slots;
    keys = new NodeName[oldKeys.length * 2];
    slots = new long[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldSlots[i] != EMPTY) {
        int slot = slotOf(oldKeys[i], (int) (oldSlots[i] >>> HASH_SHIFT));
        keys[slot] = oldKeys[i];
        slots[slot] = oldSlots[i];
      }
    }
  }
}
