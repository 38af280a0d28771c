package dev.mosey.policy.books;

import dev.mosey.protocol.id.NodeName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * On which hosts everything fails, as far as one home has seen. Counted are tasks that in a row
 * failed to start on a host or failed at once, with nothing going well there in between. A failure
 * that other hosts had as well is the job's own; so it counts each task of a job that went well
 * elsewhere, and of other jobs each job once and only while something goes well elsewhere. A host
 * on which enough has failed is left out, and let back in by a probe: one task at a time, after a
 * pause that doubles up to a bound. Times are boot-time milliseconds. Nothing of it is durable.
 */
public final class HostTrust {
  private static final int FAILURES_KEPT = 100;
  private static final int JOBS_KEPT = 1_000;
  private static final int DOUBLINGS_MAX = 20;

  /**
   * When a host is left out.
   *
   * @param after so many failures in a row; 0 = never
   * @param atOnceMillis who fails later than this after its start has run: the host is in order
   * @param memoryMillis older failures, and what went well longer ago, say nothing
   * @param pauseMillis before the first probe
   * @param pauseMaxMillis to which it doubles with each probe that fails
   */
  public record Rules(
      int after, long atOnceMillis, long memoryMillis, long pauseMillis, long pauseMaxMillis) {}

  private record Failure(TaskKey task, long atMillis, String why) {}

  /** What is known of one host. */
  private static final class Track {
    private final List<Failure> failures = new ArrayList<>();
    private long wentWellMillis = Long.MIN_VALUE;
    private String excluded;
    private int probes;
    private long probeAtMillis;
    private TaskKey probe;
    private long probeSinceMillis;

    private Track copy() {
      Track copy = new Track();
      copy.failures.addAll(failures);
      copy.wentWellMillis = wentWellMillis;
      copy.excluded = excluded;
      copy.probes = probes;
      copy.probeAtMillis = probeAtMillis;
      copy.probe = probe;
      copy.probeSinceMillis = probeSinceMillis;
      return copy;
    }
  }

  private final Rules rules;
  private final Map<NodeName, Track> tracks = new TreeMap<>();
  private final Map<Long, Map<NodeName, Long>> wentWell = new LinkedHashMap<>();
  private Set<NodeName> toldClosed = Set.of();

  /** Nothing is held against anybody. */
  public HostTrust(Rules rules) {
    this.rules = rules;
  }

  HostTrust copy() {
    HostTrust copy = new HostTrust(rules);
    tracks.forEach((node, track) -> copy.tracks.put(node, track.copy()));
    copy.toldClosed = toldClosed;
    wentWell.forEach((job, nodes) -> copy.wentWell.put(job, new HashMap<>(nodes)));
    return copy;
  }

  /** Whether who ran for so long before it failed has failed at once. */
  boolean isAtOnce(long ranMillis) {
    return ranMillis <= rules.atOnceMillis();
  }

  /**
   * A task failed to start on this host, or at once.
   *
   * @param why one line
   */
  void failed(NodeName node, TaskKey task, String why, long nowMillis) {
    if (rules.after() == 0) {
      return;
    }
    Track track = track(node);
    track.failures.removeIf(old -> old.task().equals(task));
    if (isItsOwnFault(node, task.job())) {
      return;
    }
    track.failures.add(new Failure(task, nowMillis, why));
    if (track.failures.size() > FAILURES_KEPT) {
      track.failures.removeFirst();
    }
    if (track.excluded != null && task.equals(track.probe)) {
      track.probe = null;
      pause(track, nowMillis);
    }
    judge(nowMillis);
  }

  /** The same failed on another host: then it says nothing about any of them. */
  private boolean isItsOwnFault(NodeName node, long job) {
    boolean elsewhere = false;
    for (var entry : tracks.entrySet()) {
      if (!entry.getKey().equals(node)) {
        elsewhere |= entry.getValue().failures.removeIf(failure -> failure.task().job() == job);
      }
    }
    if (elsewhere) {
      track(node).failures.removeIf(failure -> failure.task().job() == job);
      for (Track track : tracks.values()) {
        if (track.excluded != null && track.failures.isEmpty()) {
          letIn(track);
        }
      }
    }
    return elsewhere;
  }

  /** A task ended well on this host, or ran there for longer than a moment. */
  void wentWell(NodeName node, TaskKey task, long nowMillis) {
    if (rules.after() == 0) {
      return;
    }
    Track track = track(node);
    track.wentWellMillis = nowMillis;
    track.failures.clear();
    wentWell.computeIfAbsent(task.job(), job -> new HashMap<>()).put(node, nowMillis);
    if (wentWell.size() > JOBS_KEPT) {
      Iterator<Long> oldest = wentWell.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    if (track.excluded != null) {
      letIn(track);
    }
    judge(nowMillis);
  }

  /** By hand: what was held against it is forgotten. */
  void trust(NodeName node) {
    Track track = tracks.get(node);
    if (track != null) {
      track.failures.clear();
      if (track.excluded != null) {
        letIn(track);
      }
    }
  }

  private Track track(NodeName node) {
    return tracks.computeIfAbsent(node, name -> new Track());
  }

  private void letIn(Track track) {
    track.excluded = null;
    track.probe = null;
    track.probes = 0;
  }

  private void judge(long nowMillis) {
    for (var entry : tracks.entrySet()) {
      Track track = entry.getValue();
      track.failures.removeIf(old -> nowMillis - old.atMillis() > rules.memoryMillis());
      int count = track.excluded == null ? count(entry.getKey(), track, nowMillis) : 0;
      if (count >= rules.after()) {
        track.excluded =
            count
                + " tasks in a row failed there at once that nothing else speaks against, the last:"
                + " "
                + track.failures.getLast().why();
        pause(track, nowMillis);
      }
    }
  }

  private int count(NodeName node, Track track, long nowMillis) {
    int proven = 0;
    Set<Long> others = new LinkedHashSet<>();
    for (Failure failure : track.failures) {
      if (wentWellElsewhere(node, failure.task().job(), nowMillis)) {
        proven++;
      } else {
        others.add(failure.task().job());
      }
    }
    return proven + (anythingGoesWellElsewhere(node, nowMillis) ? others.size() : 0);
  }

  private boolean wentWellElsewhere(NodeName node, long job, long nowMillis) {
    return wentWell.getOrDefault(job, Map.of()).entrySet().stream()
        .anyMatch(
            good ->
                !good.getKey().equals(node) && nowMillis - good.getValue() <= rules.memoryMillis());
  }

  private boolean anythingGoesWellElsewhere(NodeName node, long nowMillis) {
    return tracks.entrySet().stream()
        .anyMatch(
            other ->
                !other.getKey().equals(node)
                    && other.getValue().excluded == null
                    && other.getValue().wentWellMillis >= nowMillis - rules.memoryMillis());
  }

  private void pause(Track track, long nowMillis) {
    long pause = rules.pauseMillis() << Math.min(track.probes, DOUBLINGS_MAX);
    track.probes++;
    track.probeAtMillis = nowMillis + Math.min(pause, rules.pauseMaxMillis());
  }

  /** How many tasks may be placed there now: 0, 1 (a probe), or as many as there is room for. */
  int room(NodeName node, long nowMillis) {
    Track track = tracks.get(node);
    if (track == null || track.excluded == null) {
      return Integer.MAX_VALUE;
    }
    return track.probe == null && nowMillis >= track.probeAtMillis ? 1 : 0;
  }

  /** A task was placed there: it is the probe if the host is left out. */
  void placed(NodeName node, TaskKey task, long nowMillis) {
    Track track = tracks.get(node);
    if (track != null && track.excluded != null) {
      track.probe = task;
      track.probeSinceMillis = nowMillis;
    }
  }

  /** The task is not there any more, whatever the reason: it is no probe any more. */
  void left(TaskKey task, long nowMillis) {
    for (Track track : tracks.values()) {
      if (task.equals(track.probe)) {
        track.probe = null;
        track.probeAtMillis = Math.max(track.probeAtMillis, nowMillis + rules.pauseMillis());
      }
    }
  }

  /**
   * The task runs there; who runs for longer than a moment has proved that the host is in order.
   */
  void runs(NodeName node, TaskKey task, long nowMillis) {
    Track track = tracks.get(node);
    if (track != null
        && task.equals(track.probe)
        && nowMillis - track.probeSinceMillis > rules.atOnceMillis()) {
      wentWell(node, task, nowMillis);
    }
  }

  /** Whether other hosts than at the last call take nothing now. */
  boolean hasChanged(long nowMillis) {
    Set<NodeName> now = closed(nowMillis).keySet();
    boolean changed = !now.equals(toldClosed);
    toldClosed = Set.copyOf(now);
    return changed;
  }

  /** Why each host that takes nothing now is left out. */
  public Map<NodeName, String> closed(long nowMillis) {
    Map<NodeName, String> result = new TreeMap<>();
    excluded()
        .forEach(
            (node, why) -> {
              if (room(node, nowMillis) == 0) {
                result.put(node, why);
              }
            });
    return result;
  }

  /** Why each host that is left out, or only probed, is so. */
  public Map<NodeName, String> excluded() {
    Map<NodeName, String> result = new TreeMap<>();
    tracks.forEach(
        (node, track) -> {
          if (track.excluded != null) {
            result.put(node, track.excluded);
          }
        });
    return result;
  }
}
