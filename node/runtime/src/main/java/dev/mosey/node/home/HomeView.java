package dev.mosey.node.home;

import dev.mosey.policy.books.Books;
import dev.mosey.policy.books.BooksView;
import dev.mosey.policy.books.Element;
import dev.mosey.policy.books.HostLink;
import dev.mosey.policy.books.Job;
import dev.mosey.policy.books.WhyWaiting;
import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.JobSpec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The books as one may read them between two writes: only what is on the disk. To be used within
 * the function of a {@link Home.Read} alone, and quickly: nothing is written meanwhile.
 */
public final class HomeView {
  private static final double MILLIS = 1000.0;

  private final Ledger ledger;
  private final Books books;
  private final BooksView view;
  private final Map<String, Double> shares;
  private final Reachability reachability;
  private final HomeParts parts;
  private final Now now;
  private final JobViews views;

  HomeView(Ledger ledger, Map<String, Double> shares, Reachability reachability, HomeParts parts) {
    this.ledger = ledger;
    this.books = ledger.books();
    this.view = ledger.machine().view();
    this.shares = shares;
    this.reachability = reachability;
    this.parts = parts;
    this.now = parts.now();
    this.views = new JobViews(books.home());
  }

  /** Whose books these are. */
  public NodeName home() {
    return books.home();
  }

  /** Their identity. */
  public BooksId books() {
    return books.id();
  }

  /** What may start now, in order, bounded; and how many wait in all. */
  public Home.Queue queue() {
    return new Home.Queue(
        view.heads(parts.settings().headsMax(), shares, now), books.waitingTasks());
  }

  /** Where this home places nothing, because everything fails there; with the reason. */
  public Map<NodeName, String> leftOut() {
    return view.leftOut();
  }

  /** Tasks in the queue. */
  public long waiting() {
    return books.waitingTasks();
  }

  /** Tasks that have not ended. */
  public long live() {
    return books.liveTasks();
  }

  /** The job that was submitted last, which may have ended long ago. */
  public Optional<JobId> newest() {
    long next = books.nextJob();
    return next <= 1 ? Optional.empty() : Optional.of(new JobId(books.home(), next - 1));
  }

  /** What was submitted, of a job in the books. */
  public Optional<JobSpec> spec(long job) {
    return Optional.ofNullable(books.job(job)).map(Job::spec);
  }

  /**
   * A job in the books, or one of its tasks. Of what has ended the history knows more.
   *
   * @param element array index, or {@link ProcessId#SINGLE} for the job as a whole
   */
  public Optional<JobView> find(long job, int element) {
    Job found = books.job(job);
    if (found == null) {
      return Optional.empty();
    }
    if (element == ProcessId.SINGLE) {
      return Optional.of(views.job(found, view, now, reasonOf(found, 0)));
    }
    int position = found.positionOf(element);
    return position < 0 ? Optional.empty() : Optional.of(task(found, position));
  }

  /** The arrays in the books of which some tasks have ended, those that are over among them. */
  public List<JobView> partlyEnded() {
    return books.jobs().stream()
        .filter(job -> job.spec().array() != null && job.endedCount() > 0)
        .map(job -> views.job(job, view, now, null))
        .toList();
  }

  /** What has ended and is not in the history yet, newest first. */
  public List<HistoryRow> unprojected() {
    List<HistoryRow> rows = new ArrayList<>();
    ledger.unprojected().values().forEach(rows::addAll);
    return rows.reversed();
  }

  /** Whether output of this job, or of one of its tasks, is still to be copied to a file. */
  public boolean copies(long job, int element) {
    return ledger.unprojected().values().stream()
        .flatMap(List::stream)
        .filter(HistoryRow::copies)
        .map(HistoryRow::id)
        .anyMatch(
            id ->
                id.jobId().number() == job
                    && (element == ProcessId.SINGLE || id.task() == element));
  }

  private JobView task(Job job, int position) {
    return views.task(job, position, view, now, reasonOf(job, position));
  }

  private String reasonOf(Job job, int position) {
    if (!job.waiting().contains(position)) {
      return null;
    }
    return Reasons.word(view.why(job, position, shares, now));
  }

  /** Why a task waits; empty when it does not, or is not in the books. */
  public Optional<WhyWaiting> why(long job, int element) {
    Job found = books.job(job);
    int position = found == null ? -1 : positionOf(found, element);
    return position < 0
        ? Optional.empty()
        : Optional.ofNullable(view.why(found, position, shares, now));
  }

  /** For a whole array the first task that waits, else the first that is placed. */
  private static int positionOf(Job job, int element) {
    if (element != ProcessId.SINGLE || job.spec().array() == null) {
      return job.positionOf(element);
    }
    if (!job.waiting().isEmpty()) {
      return job.waiting().first(1, 1).getFirst().from();
    }
    return job.elements().stream()
        .filter(Element::isPlaced)
        .mapToInt(Element::position)
        .min()
        .orElse(0);
  }

  /**
   * What becomes of a task when its host is never heard again.
   *
   * @param atHome whether the host is this home itself: such a task has no lease
   * @param restarts whether it runs again, and is not given up as lost
   * @param resumes whether it goes on from a checkpoint then, and not from the beginning
   * @param seconds when it may run again at the latest; 0 at home, where it waits for its node
   */
  public record Loss(boolean atHome, boolean restarts, boolean resumes, double seconds) {}

  /** What the loss of its host would do to a task; empty when it has none. */
  public Optional<Loss> loss(long job, int element) {
    Job found = books.job(job);
    int position = found == null ? -1 : positionOf(found, element);
    Element placed = position < 0 ? null : found.element(position);
    if (placed == null || !placed.isPlaced()) {
      return Optional.empty();
    }
    return Optional.of(
        new Loss(
            placed.host().node().equals(books.home()),
            found.spec().restartsWhenLost(),
            placed.resumeFrom() != null,
            view.recoveryMillis(found, position, now) / MILLIS));
  }

  /** The greatest of these bounds over all tasks that run, seconds; 0 when nothing runs. */
  public double recoverySecondsMax() {
    long longest = 0;
    for (Job job : books.jobs()) {
      if (job.placedCount() > 0) {
        for (Element element : job.elements()) {
          longest = Math.max(longest, view.recoveryMillis(job, element.position(), now));
        }
      }
    }
    return longest / MILLIS;
  }

  /**
   * A host of tasks of this home, as this home hears it.
   *
   * @param host in its newest known session
   * @param heardSeconds how long ago its last report came, or null when none has since the opening
   * @param member whether it belongs to the cluster now
   * @param reachable whether it answers the membership now
   */
  public record HostHeard(HostId host, Double heardSeconds, boolean member, boolean reachable) {}

  /** The hosts that this home has heard of since its opening. */
  public List<HostHeard> hosts() {
    List<HostHeard> hosts = new ArrayList<>();
    for (HostLink link : ledger.machine().links().hosts()) {
      NodeName node = link.host().node();
      boolean member = reachability.members().contains(node);
      hosts.add(
          new HostHeard(
              link.host(),
              link.isHeard() ? (now.bootMillis() - link.receivedMillis()) / MILLIS : null,
              member,
              member && !reachability.unreachable().contains(node)));
    }
    return hosts;
  }

  /** How many tasks are in which state, over all jobs in the books. */
  public Map<State, Long> counts() {
    Map<State, Long> counts = new EnumMap<>(State.class);
    for (Job job : books.jobs()) {
      view.states(job, now)
          .forEach((state, count) -> counts.merge(state, count.longValue(), Long::sum));
    }
    return counts;
  }

  /** Figures for {@code /metrics}, by name. */
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("mosey_home_jobs", (double) books.liveJobs());
    metrics.put("mosey_home_tasks_live", (double) books.liveTasks());
    metrics.put("mosey_home_tasks_waiting", (double) books.waitingTasks());
    metrics.put("mosey_home_books_epoch", (double) books.id().epoch());
    metrics.put("mosey_home_books_opening", (double) books.id().opening());
    metrics.put("mosey_home_history_lag_rows", (double) ledger.lag());
    metrics.put("mosey_home_hosts", (double) books.hosts().size());
    metrics.put("mosey_home_recovery_seconds", recoverySecondsMax());
    Map<State, Long> counts = counts();
    for (State state : State.values()) {
      metrics.put(
          "mosey_tasks{state=\"" + state.word() + "\"}",
          counts.getOrDefault(state, 0L).doubleValue());
    }
    return metrics;
  }

  /**
   * A page of what has not ended. The bound of the query is cut to the bound of the home; the cost
   * is one look at each job and a full look at those listed.
   *
   * @throws IllegalArgumentException when the place to begin is from nowhere
   */
  public Page<JobView> list(HomeQuery query) {
    int limit = Math.min(query.limit(), parts.settings().pageMax());
    ListPlace after = query.after() == null ? null : ListPlace.parse(query.after());
    List<JobView> items = new ArrayList<>();
    ListPlace last = null;
    for (ListPlace place : places(query, after, limit)) {
      Job job = books.job(place.job());
      if (!query.elements() || job.spec().array() == null) {
        if (items.size() == limit) {
          return new Page<>(items, last.toString(), null, null);
        }
        JobView item = views.job(job, view, now, Reasons.brief(job, 0, now));
        if (query.wants(item)) {
          items.add(item);
          last = place;
        }
        continue;
      }
      int from = after != null && after.job() == place.job() ? after.position() + 1 : 0;
      for (int position = from; position < job.size(); position++) {
        if (job.ending(position) != null) {
          continue;
        }
        if (items.size() == limit) {
          return new Page<>(items, last.toString(), null, null);
        }
        JobView item = views.task(job, position, view, now, Reasons.brief(job, position, now));
        if (query.wants(item)) {
          items.add(item);
          last = place.at(position);
        }
      }
    }
    return new Page<>(items, null, null, null);
  }

  /** The jobs from that place on, in order: somewhat more than can be on the page. */
  private Iterable<ListPlace> places(HomeQuery query, ListPlace after, int limit) {
    TreeSet<ListPlace> first = new TreeSet<>();
    for (Job job : books.jobs()) {
      if (job.isEnded() || (query.user() != null && !query.user().equals(job.spec().user()))) {
        continue;
      }
      if (!query.elements() && !query.states().isEmpty() && !isWanted(job, query)) {
        continue;
      }
      ListPlace place = ListPlace.of(job, query.newest(), shares);
      boolean begun = after == null || (query.elements() && place.isSameJob(after));
      if (!begun && place.compareTo(after) <= 0) {
        continue;
      }
      first.add(place);
      if (first.size() > limit + 1 && query.states().isEmpty()) {
        first.pollLast();
      }
    }
    return first;
  }

  private boolean isWanted(Job job, HomeQuery query) {
    Map<State, Integer> states = view.states(job, now);
    return query.states().contains(JobViews.stateOf(states))
        || query.states().stream().anyMatch(s -> !s.isEnd() && states.containsKey(s));
  }
}
