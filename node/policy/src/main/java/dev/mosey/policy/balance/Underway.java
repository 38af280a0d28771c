package dev.mosey.policy.balance;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What has been sent on its way to other nodes and can't be in their reports yet: counted there at
 * once, so that one decision sees what the one before it did. (MOSIX's best-node search does the
 * same with its load constraints: it takes time until an assignment shows in the load.) An entry
 * counts for reports taken before it could show, and lapses. Bounded. Not for several threads.
 *
 * @param <K> what identifies one that is under way
 */
public final class Underway<K> {
  private final long visibleMillis;
  private final long lapseMillis;
  private final int most;
  private final Map<K, Entry> entries = new LinkedHashMap<>();

  /** The same by target: who asks about some nodes should not have to look at all. */
  private final Map<NodeName, Map<K, Entry>> byTarget = new HashMap<>();

  private record Entry(NodeName target, Resources request, long sinceMillis) {}

  /**
   * Nothing under way.
   *
   * @param visibleMillis how long it takes at most until a target's own report counts the arrival
   * @param lapseMillis after this an entry counts no more, whatever became of it
   * @param most how many entries are kept; the oldest give way
   */
  public Underway(long visibleMillis, long lapseMillis, int most) {
    this.visibleMillis = visibleMillis;
    this.lapseMillis = lapseMillis;
    this.most = most;
  }

  /** Something has been sent to a node; times never go back. */
  public void add(K key, NodeName target, Resources request, long nowMillis) {
    remove(key);
    Entry entry = new Entry(target, request, nowMillis);
    entries.put(key, entry);
    byTarget.computeIfAbsent(target, any -> new LinkedHashMap<>()).put(key, entry);
    trim(nowMillis);
  }

  /** Oldest first: what is too much, and what has lapsed. */
  private void trim(long nowMillis) {
    Iterator<Map.Entry<K, Entry>> oldest = entries.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<K, Entry> entry = oldest.next();
      if (entries.size() <= most && nowMillis - entry.getValue().sinceMillis() <= lapseMillis) {
        return;
      }
      oldest.remove();
      forget(entry.getKey(), entry.getValue().target());
    }
  }

  private void forget(K key, NodeName target) {
    Map<K, Entry> there = byTarget.get(target);
    there.remove(key);
    if (there.isEmpty()) {
      byTarget.remove(target);
    }
  }

  /** It will not arrive after all. */
  public void remove(K key) {
    Entry entry = entries.remove(key);
    if (entry != null) {
      forget(key, entry.target());
    }
  }

  /** How many are on their way and not lapsed. */
  public int size() {
    return entries.size();
  }

  /** The nodes with what is on its way to each; drops what shows in a report, or has lapsed. */
  public Map<NodeName, NodeState> over(Map<NodeName, NodeState> states, long nowMillis) {
    trim(nowMillis);
    if (entries.isEmpty()) {
      return states;
    }
    Map<NodeName, NodeState> result = new HashMap<>(states);
    for (Map.Entry<NodeName, NodeState> state : result.entrySet()) {
      Map<K, Entry> there = byTarget.get(state.getKey());
      if (there != null) {
        state.setValue(over(state.getValue(), there, nowMillis));
      }
    }
    return result;
  }

  private NodeState over(NodeState state, Map<K, Entry> there, long nowMillis) {
    long sampled = nowMillis - state.ageMillis();
    Map<Resources, Integer> kinds = new LinkedHashMap<>();
    List<K> shown = new ArrayList<>();
    there.forEach(
        (key, entry) -> {
          if (sampled >= entry.sinceMillis() + visibleMillis) {
            shown.add(key);
          } else {
            kinds.merge(entry.request(), 1, Integer::sum);
          }
        });
    shown.forEach(this::remove);
    NodeState result = state;
    for (Map.Entry<Resources, Integer> kind : kinds.entrySet()) {
      result = result.withArrivals(kind.getKey(), kind.getValue());
    }
    return result;
  }
}
