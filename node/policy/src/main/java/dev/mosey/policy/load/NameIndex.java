package dev.mosey.policy.load;

import dev.mosey.protocol.id.NodeName;

/**
 * From a name to the number of its row: open addressing with linear probing, half empty. Hashes are
 * kept beside the names, so that hardly any name is looked at that is not the right one.
 */
final class NameIndex {
  private NodeName[] keys = new NodeName[64];
  private int[] hashes = new int[64];
  private int[] rows = new int[64];
  private int used;

  int find(NodeName name) {
    int slot = slotOf(name);
    return keys[slot] == null ? -1 : rows[slot];
  }

  void put(NodeName name, int row) {
    int slot = slotOf(name);
    if (keys[slot] == null) {
      if (2 * (used + 1) > keys.length) {
        rehash();
        slot = slotOf(name);
      }
      used++;
      keys[slot] = name;
      hashes[slot] = hash(name);
    }
    rows[slot] = row;
  }

  void remove(NodeName name) {
    int hole = slotOf(name);
    if (keys[hole] == null) {
      return;
    }
    used--;
    // Close the gap, or what lies behind it could not be found any more.
    int mask = keys.length - 1;
    int next = hole;
    while (true) {
      next = next + 1 & mask;
      if (keys[next] == null) {
        break;
      }
      int ideal = hashes[next] & mask;
      if ((next - ideal & mask) >= (next - hole & mask)) {
        keys[hole] = keys[next];
        hashes[hole] = hashes[next];
        rows[hole] = rows[next];
        hole = next;
      }
    }
    keys[hole] = null;
  }

  private int slotOf(NodeName name) {
    int mask = keys.length - 1;
    int hash = hash(name);
    int slot = hash & mask;
    while (keys[slot] != null && (hashes[slot] != hash || !keys[slot].equals(name))) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private static int hash(NodeName name) {
    int hash = name.value().hashCode() * 0x9E3779B9;
    return hash ^ hash >>> 16;
  }

  private void rehash() {
    NodeName[] oldKeys = keys;
    int[] oldRows = rows;
    keys = new NodeName[oldKeys.length * 2];
    hashes = new int[keys.length];
    rows = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != null) {
        int slot = slotOf(oldKeys[i]);
        keys[slot] = oldKeys[i];
        hashes[slot] = hash(oldKeys[i]);
        rows[slot] = oldRows[i];
      }
    }
  }
}
