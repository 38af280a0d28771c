package dev.mosey.node.home;

import dev.mosey.node.store.HistoryStore;
import dev.mosey.policy.books.BooksCommand.DependencyEnded;
import dev.mosey.policy.books.TaskRuns;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.ArraySpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What has ended at this home. Safe for use by several threads; reads the disk. */
public final class History {
  /** A page looks at so many rows at most, however few of them are wanted. */
  private static final int ROWS_LOOKED_AT_MAX = 50_000;

  private static final int ROWS_AT_ONCE = 500;

  private static final HistorySums.Bounds SUMS =
      new HistorySums.Bounds(ROWS_LOOKED_AT_MAX, 32 * 1024);

  /** Begins the places among what is not written yet. */
  private static final String UNWRITTEN = "+";

  private final HistoryStore store;
  private final NodeName home;

  /** The history of that home. */
  public History(HistoryStore store, NodeName home) {
    this.store = store;
    this.home = home;
  }

  /**
   * Rows that ended, newest first.
   *
   * @param views what was wanted
   * @param next gives the following page; empty at the end
   */
  public record Part(List<JobView> views, Optional<String> next) {}

  /** A job that has ended, or one of its tasks; complete. */
  public Optional<JobView> find(ProcessId id) {
    return find(id, job -> Optional.empty());
  }

  /**
   * The same for an element whose job may not have ended.
   *
   * @param live the job as the books have it, if they do
   */
  public Optional<JobView> find(ProcessId id, Function<JobId, Optional<JobView>> live) {
    Optional<JobView> row = store.get(id).map(HistoryRow::viewOf);
    if (row.isEmpty() || !id.isElement()) {
      return row;
    }
    return live.apply(id.jobId())
        .or(() -> find(id.jobId().process(ProcessId.SINGLE)))
        .map(job -> JobViews.merge(row.get(), job));
  }

  boolean knows(ProcessId id) {
    return store.get(id).isPresent();
  }

  /**
   * A page of what the query wants.
   *
   * @param after where the page before ended, or null
   * @param live arrays of which some have ended, as the books have them
   * @throws IllegalArgumentException if {@code after} is from nowhere
   */
  public Part list(
      HomeQuery query, String after, int limit, Function<JobId, Optional<JobView>> live) {
    List<JobView> found = new ArrayList<>();
    Map<JobId, Optional<JobView>> jobs = new HashMap<>();
    Optional<String> place = Optional.ofNullable(after);
    int looked = 0;
    while (looked < ROWS_LOOKED_AT_MAX) {
      int max = Math.min(ROWS_AT_ONCE, limit - found.size());
      HistoryStore.Page page = store.page(place, max);
      for (HistoryStore.Entry entry : page.entries()) {
        looked++;
        if (query.since() != null && entry.endedAtMillis() < query.since().toEpochMilli()) {
          return new Part(found, Optional.empty());
        }
        view(entry.process(), HistoryRow.viewOf(entry), query, jobs, live)
            .filter(query::wants)
            .ifPresent(found::add);
      }
      place = page.next();
      if (place.isEmpty() || found.size() >= limit) {
        break;
      }
    }
    return new Part(found, place);
  }

  /**
   * The same, with what has ended and is not written yet before what is: who has been told of an
   * end finds it in the list.
   *
   * @param unwritten as the books had it before this call, newest first
   */
  public Part list(
      HomeQuery query,
      List<HistoryRow> unwritten,
      String after,
      int limit,
      Function<JobId, Optional<JobView>> live) {
    if (after != null && !after.startsWith(UNWRITTEN)) {
      return list(query, after, limit, live);
    }
    Map<String, JobView> found = new LinkedHashMap<>();
    Map<JobId, Optional<JobView>> jobs = new HashMap<>();
    int at = after == null ? 0 : number(after);
    for (; at < unwritten.size(); at++) {
      HistoryRow row = unwritten.get(at);
      boolean old = query.since() != null && row.endedAtMillis() < query.since().toEpochMilli();
      Optional<JobView> view =
          old
              ? Optional.empty()
              : view(row.id(), row.view(), query, jobs, live).filter(query::wants);
      if (view.isPresent() && found.size() == limit) {
        // Newer rows move this one on, never back: nothing is left out, at most said twice.
        return new Part(List.copyOf(found.values()), Optional.of(UNWRITTEN + at));
      }
      view.ifPresent(wanted -> found.put(wanted.id(), wanted));
    }
    int room = limit - found.size();
    if (room <= 0) {
      return new Part(List.copyOf(found.values()), Optional.of(UNWRITTEN + at));
    }
    Part written = list(query, null, room, live);
    written.views().forEach(view -> found.put(view.id(), view));
    return new Part(List.copyOf(found.values()), written.next());
  }

  private static int number(String after) {
    try {
      return Integer.parseUnsignedInt(after.substring(UNWRITTEN.length()));
    } catch (NumberFormatException malformed) {
      throw new IllegalArgumentException("'" + after + "' is no place in the history", malformed);
    }
  }

  /**
   * Counts what the query wants instead of listing it: as {@link HistorySums#part}, as much at a
   * time as fits into an answer between nodes.
   */
  public HistorySums.Part sums(
      HomeQuery query, List<String> keys, List<HistoryRow> unwritten, long afterJob) {
    return new HistorySums(store, home, SUMS).part(query, keys, unwritten, afterJob);
  }

  private Optional<JobView> view(
      ProcessId process,
      JobView row,
      HomeQuery query,
      Map<JobId, Optional<JobView>> jobs,
      Function<JobId, Optional<JobView>> live) {
    if (!process.isElement()) {
      boolean wanted = row.array() == null || !query.elements();
      return wanted ? Optional.of(row) : Optional.empty();
    }
    if (!query.elements()) {
      return Optional.empty();
    }
    return jobs.computeIfAbsent(
            process.jobId(), id -> live.apply(id).or(() -> find(id.process(ProcessId.SINGLE))))
        .map(job -> JobViews.merge(row, job));
  }

  /**
   * What became of a job of this home that is not in the books any more; with neither good nor bad
   * when nothing is known of it.
   */
  public DependencyEnded dependency(JobId job) {
    Optional<JobView> row = find(job.process(ProcessId.SINGLE));
    if (row.isEmpty()) {
      return new DependencyEnded(job, null, List.of(), List.of());
    }
    TaskRuns good = new TaskRuns();
    TaskRuns bad = new TaskRuns();
    ArraySpec array = row.get().array() == null ? null : ArraySpec.parse(row.get().array());
    int size = array == null ? 1 : array.size();
    for (int position = 0; position < size; position++) {
      Optional<JobView> task =
          array == null || State.DONE.word().equals(row.get().state())
              ? row
              : find(new ProcessId(home, job.number(), array.indexAt(position)));
      boolean ok = task.isPresent() && State.DONE == stateOf(task.get());
      (ok ? good : bad).add(position);
    }
    return new DependencyEnded(job, array, good.runs(), bad.runs());
  }

  static State stateOf(JobView view) {
    return State.valueOf(view.state().toUpperCase(Locale.ROOT));
  }
}
