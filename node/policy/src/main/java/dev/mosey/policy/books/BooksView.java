package dev.mosey.policy.books;

import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.event.BooksEvent.Outcome;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What lists and {@code why} show of a home, and what its scheduler places; reads only. */
public final class BooksView {
  private static final int AHEAD_MAX = 10_000;
  private static final int RUNS_MAX = 32;

  /** So many tasks of a job that failed before are matched at once. */
  private static final int AGAIN_MAX = 16;

  private static final String FROM_BACKUP =
      "comes from a backup, and may still run where it was sent after that";

  private final Books books;
  private final HomeLinks links;

  BooksView(Books books, HomeLinks links) {
    this.books = books;
    this.links = links;
  }

  /**
   * The best of what may start now, in order: priority, then the user's share, then rank.
   *
   * @param max jobs at most
   * @param shares decayed use by user, lower = sooner; who is absent has used nothing
   */
  public List<QueueHead> heads(int max, Map<String, Double> shares, Now now) {
    books.index().timeIs(now.epochMillis());
    List<QueueHead> heads = new ArrayList<>();
    books
        .index()
        .queue()
        .walk(
            shares,
            job -> {
              if (heads.size() < max && links.settlesAt(books, job) <= now.bootMillis()) {
                heads.addAll(heads(job, now));
              }
              return heads.size() < max;
            });
    return heads;
  }

  /** Its tasks that are alike, and one head more for each that has failed before. */
  private List<QueueHead> heads(Job job, Now now) {
    int count = job.startable();
    TaskRuns fresh = job.ready();
    List<QueueHead> heads = new ArrayList<>();
    if (!job.triedAgain().isEmpty()) {
      TaskRuns again = fresh.and(job.triedAgain());
      for (Run run : again.first(Math.min(count, AGAIN_MAX), AGAIN_MAX)) {
        for (int position = run.from(); position <= run.to(); position++) {
          // Each has its own places to shun; and no other is to wait for its sake.
          Set<NodeName> shun = shun(job.element(position), now);
          heads.add(head(job, List.of(Run.of(position)), 1, shun, now));
        }
      }
      fresh = fresh.minus(job.triedAgain());
      count = Math.min(count - heads.size(), fresh.size());
    }
    if (count > 0) {
      heads.add(head(job, fresh.first(count, RUNS_MAX), count, Set.of(), now));
    }
    return heads;
  }

  private QueueHead head(Job job, List<Run> tasks, int count, Set<NodeName> shun, Now now) {
    Element element = job.element(tasks.get(0).from());
    return new QueueHead(
        new JobId(books.home(), job.number()),
        job.spec(),
        tasks,
        count,
        job.priority(),
        job.rank(),
        element == null ? job.submittedAt() : element.sinceMillis(),
        avoid(job, now),
        shun);
  }

  /** Where it has failed; for a while, then any node is better than none. */
  private Set<NodeName> shun(Element element, Now now) {
    long since = Math.max(element.sinceMillis(), element.notBeforeMillis());
    boolean patient = now.epochMillis() < since + books.limits().retry().elsewhereMillis();
    return patient ? Set.copyOf(element.failedOn()) : Set.of();
  }

  /** Why each host that is left out, because everything fails there, is so. */
  public Map<NodeName, String> leftOut() {
    return links.trust().excluded();
  }

  private Set<NodeName> avoid(Job job, Now now) {
    Set<NodeName> avoid = new TreeSet<>(links.refusals(job.number(), now).keySet());
    avoid.addAll(links.trust().closed(now.bootMillis()).keySet());
    return avoid;
  }

  /** The state of one task. */
  public State state(Job job, int position, Now now) {
    Ending ending = job.ending(position);
    if (ending != null) {
      return state(ending.outcome());
    }
    Element element = job.element(position);
    if (element != null && !element.isPlaced() && element.frozen() != null) {
      return State.FROZEN;
    }
    if (element == null || !element.isPlaced()) {
      return job.isHeld() || job.heldBack().contains(position) ? State.HELD : State.WAITING;
    }
    return placedState(job, element, now);
  }

  private static State state(Outcome outcome) {
    return switch (outcome) {
      case DONE -> State.DONE;
      case FAILED -> State.FAILED;
      case CANCELLED -> State.CANCELLED;
      case LOST -> State.LOST;
    };
  }

  private State placedState(Job job, Element element, Now now) {
    HostLink link = links.host(element.host().node());
    boolean heard = link != null && link.isHeard();
    long spoke = heard ? link.receivedMillis() : links.openedMillis();
    boolean silent = now.bootMillis() - spoke > books.limits().silentMillis();
    boolean young = now.epochMillis() - element.hostSinceMillis() <= books.limits().silentMillis();
    if (silent && !young) {
      return State.UNKNOWN;
    }
    Report.Guest guest = guest(job, element.position());
    State onItsWay = element.movesCount() > 0 ? State.MOVING : State.STARTING;
    if (guest == null) {
      boolean ran =
          links.hasRun(new TaskKey(job.number(), element.position()), element.incarnation());
      return ran ? State.RUNNING : onItsWay;
    }
    return switch (guest.state()) {
      case GuestState.Preparing() -> onItsWay;
      case GuestState.AsksToMove asks -> State.MOVING;
      case GuestState.Running running -> running.frozen() ? State.FROZEN : State.RUNNING;
      case GuestState.Left left -> State.RUNNING;
      case GuestState.Refused refused -> onItsWay;
      case GuestState.Ended ended -> State.RUNNING;
    };
  }

  /** How many tasks of a job are in which state; states without a task are absent. */
  public Map<State, Integer> states(Job job, Now now) {
    Map<State, Integer> result = new EnumMap<>(State.class);
    int waiting = job.waiting().size();
    int held = job.isHeld() ? waiting : job.heldBack().size();
    for (Element element : job.elements()) {
      if (element.phase() == Element.Phase.WAITING && element.frozen() != null) {
        result.merge(State.FROZEN, 1, Integer::sum);
        waiting--;
        held -= job.isHeld() || job.heldBack().contains(element.position()) ? 1 : 0;
      }
    }
    if (held > 0) {
      result.put(State.HELD, held);
    }
    if (waiting > held) {
      result.put(State.WAITING, waiting - held);
    }
    job.endings()
        .forEach(
            (ending, runs) -> result.merge(state(ending.outcome()), runs.size(), Integer::sum));
    for (Element element : job.elements()) {
      switch (element.phase()) {
        case WAITING -> {}
        case PLACED -> result.merge(placedState(job, element, now), 1, Integer::sum);
        case ENDED -> result.merge(state(element.ending().outcome()), 1, Integer::sum);
      }
    }
    return result;
  }

  /** What its host last reported of the task's present incarnation, or null. */
  public Report.Guest guest(Job job, int position) {
    Element element = job.element(position);
    if (element == null || !element.isPlaced()) {
      return null;
    }
    HostLink link = links.host(element.host().node());
    return link == null || !link.holds(element.host())
        ? null
        : link.guest(TaskKey.process(books.home(), job, position), element.incarnation());
  }

  /** Why a task waits; null when it does not wait. */
  public WhyWaiting why(Job job, int position, Map<String, Double> shares, Now now) {
    if (!job.waiting().contains(position)) {
      return null;
    }
    Map<NodeName, String> refused = new TreeMap<>();
    links
        .trust()
        .closed(now.bootMillis())
        .forEach((node, because) -> refused.put(node, "left out: " + because));
    links.refusals(job.number(), now).forEach((node, word) -> refused.put(node, word.why()));
    if (job.isHeld() || job.heldBack().contains(position)) {
      Element element = job.element(position);
      String because = element == null ? null : element.held();
      boolean frozen = element != null && Freezing.isWished(element);
      WhyWaiting.Reason reason = frozen ? WhyWaiting.Reason.FROZEN : WhyWaiting.Reason.HELD;
      return new WhyWaiting(reason, 0, null, 0, 0, 0, refused, because);
    }
    long settlesAt = links.settlesAt(books, job);
    if (settlesAt > now.bootMillis()) {
      long until = now.epochMillis() + settlesAt - now.bootMillis();
      return new WhyWaiting(WhyWaiting.Reason.RESTING, until, null, 0, 0, 0, refused, FROM_BACKUP);
    }
    if (job.resting().contains(position)) {
      Element element = job.element(position);
      long until = element.notBeforeMillis();
      return new WhyWaiting(
          WhyWaiting.Reason.RESTING, until, null, 0, 0, 0, refused, element.why());
    }
    if (job.triedAgain().contains(position)) {
      shun(job.element(position), now).forEach(node -> refused.put(node, "it has failed there"));
    }
    long begin = job.spec().beginMillis();
    if (QueueOrder.waitsForItsTime(job) && begin > now.epochMillis()) {
      return new WhyWaiting(WhyWaiting.Reason.BEGIN, begin, null, 0, 0, 0, refused);
    }
    for (int i = 0; i < job.met().size(); i++) {
      if (!job.met().get(i).contains(position)) {
        JobId other = job.dependency(i).job();
        return new WhyWaiting(WhyWaiting.Reason.DEPENDENCY, 0, other, 0, 0, 0, refused);
      }
    }
    int bound = job.spec().array() == null ? 0 : job.spec().array().atOnce();
    if (job.startable() == 0) {
      return new WhyWaiting(
          WhyWaiting.Reason.AT_ONCE, 0, null, job.placedCount(), bound, 0, refused);
    }
    return new WhyWaiting(
        WhyWaiting.Reason.QUEUED, 0, null, job.placedCount(), bound, ahead(job, shares), refused);
  }

  private int ahead(Job job, Map<String, Double> shares) {
    int[] count = {0};
    books
        .index()
        .queue()
        .walk(
            shares,
            other -> {
              if (other == job) {
                return false;
              }
              count[0]++;
              return count[0] < AHEAD_MAX;
            });
    return count[0];
  }

  /**
   * When the task may run again at the latest, if its host is never heard again; milliseconds from
   * now. 0 when it is not with a host, or with this home's own, which ends when this node does.
   */
  public long recoveryMillis(Job job, int position, Now now) {
    Element element = job.element(position);
    if (element == null
        || !element.isPlaced()
        || element.host().node().equals(books.openedBy().node()) && !links.leaseRules().ownToo()) {
      return 0;
    }
    long lease = HomeLinks.leaseOf(job.spec(), books.limits());
    TaskKey task = new TaskKey(job.number(), position);
    return Math.max(0, links.lapsesAt(task, element, lease) - now.bootMillis());
  }
}
