package dev.mosey.policy.balance;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
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

  /** Something has been sent to a node. */
  public void add(K key, NodeName target, Resources request, long nowMillis) {
    entries.remove(key);
    entries.put(key, new Entry(target, request, nowMillis));
    Iterator<K> oldest = entries.keySet().iterator();
    while (entries.size() > most) {
      oldest.next();
      oldest.remove();
    }
  }

  /** It will not arrive after all. */
  public void remove(K key) {
    entries.remove(key);
  }

  /** How many are on their way and not lapsed. */
  public int size() {
    return entries.size();
  }

  /** The nodes with what is on its way to each; drops what shows in a report, or has lapsed. */
  public Map<NodeName, NodeState> over(Map<NodeName, NodeState> states, long nowMillis) {
    Map<NodeName, NodeState> result = new HashMap<>(states);
    entries
        .values()
        .removeIf(
            entry -> {
              NodeState state = states.get(entry.target());
              long sampled = state == null ? Long.MIN_VALUE : nowMillis - state.ageMillis();
              return nowMillis - entry.sinceMillis() > lapseMillis
                  || sampled >= entry.sinceMillis() + visibleMillis;
            });
    record Kind(NodeName target, Resources request) {}
    Map<Kind, Integer> kinds = new HashMap<>();
    for (Entry entry : entries.values()) {
      kinds.merge(new Kind(entry.target(), entry.request()), 1, Integer::sum);
    }
    kinds.forEach(
        (kind, count) ->
            result.computeIfPresent(
                kind.target(), (name, state) -> state.withArrivals(kind.request(), count)));
    return result;
  }
}
