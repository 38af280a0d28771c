package dev.mosey.node.home;

import dev.mosey.policy.books.BooksView;
import dev.mosey.policy.books.Element;
import dev.mosey.policy.books.Ending;
import dev.mosey.policy.books.Job;
import dev.mosey.policy.books.MoveLine;
import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Outcome;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Kind;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.wire.Report;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Jobs and tasks in the shape in which users see them. */
final class JobViews {
  private static final double MILLIS = 1000.0;

  private final NodeName home;

  JobViews(NodeName home) {
    this.home = home;
  }

  static State stateOf(Outcome outcome) {
    return switch (outcome) {
      case DONE -> State.DONE;
      case FAILED -> State.FAILED;
      case CANCELLED -> State.CANCELLED;
      case LOST -> State.LOST;
    };
  }

  /** The state of an array from those of its tasks: what goes on counts more than what is over. */
  static State stateOf(Map<State, ? extends Number> states) {
    List<State> order =
        List.of(
            State.RUNNING,
            State.MOVING,
            State.STARTING,
            State.UNKNOWN,
            State.WAITING,
            State.HELD,
            State.FROZEN,
            State.LOST,
            State.FAILED,
            State.CANCELLED,
            State.DONE);
    return order.stream().filter(states::containsKey).findFirst().orElse(State.WAITING);
  }

  /** A whole job; {@code reason} may be null. */
  JobView job(Job job, BooksView view, Now now, String reason) {
    if (job.spec().array() == null) {
      return task(job, 0, view, now, reason);
    }
    Map<State, Integer> states = view.states(job, now);
    Map<String, Long> counts = new TreeMap<>();
    states.forEach((state, count) -> counts.put(state.word(), count.longValue()));
    String id = home + "." + job.number();
    return new Draft(job.spec())
        .with(id, id, null)
        .state(stateOf(states).word(), reason)
        .priority(job.priority())
        .times(job.submittedAt(), 0, job.endedAt())
        .view(home, counts);
  }

  /** One task. */
  JobView task(Job job, int position, BooksView view, Now now, String reason) {
    Element element = job.element(position);
    Ending ending = job.ending(position);
    Report.Guest guest = view.guest(job, position);
    Draft draft = draft(job, position).priority(job.priority());
    String why = reason;
    State state = view.state(job, position, now);
    if (why == null && element != null) {
      why = state == State.FROZEN && element.held() != null ? element.held() : element.why();
    }
    if (ending != null && ending.exit() != null && ending.exit().why() != null) {
      why = ending.exit().why();
    }
    draft.state(state.word(), why);
    long started = element != null && element.isPlaced() ? element.sinceMillis() : 0;
    long ended = 0;
    if (ending != null) {
      ended = element == null ? job.endedAt() : element.sinceMillis();
    }
    draft.times(job.submittedAt(), started, ended).element(element).guest(guest);
    if (ending != null) {
      draft.ending(ending.exit(), ending.incarnation());
    }
    return draft.view(home, null);
  }

  /** A task as its end is journalled; an element of an array without what its job's row says. */
  JobView ended(
      Job job, int position, Element element, BooksEvent.Ended ended, Report.Guest guest) {
    Draft draft = draft(job, position);
    if (job.spec().array() == null) {
      draft.priority(job.priority());
    } else {
      draft.compact();
    }
    String why = ended.exit() == null ? null : ended.exit().why();
    return draft
        .state(stateOf(ended.outcome()).word(), why)
        .times(job.spec().array() == null ? job.submittedAt() : 0, ended.startedAt(), ended.at())
        .element(element)
        .host(ended.host())
        .guest(guest)
        .rss(null)
        .ending(ended.exit(), ended.incarnation())
        .view(home, null);
  }

  /** An array, all of whose tasks are over. */
  JobView endedArray(Job job, BooksEvent.Ended last, Map<String, Long> counts) {
    String id = home + "." + job.number();
    Map<State, Long> states = new TreeMap<>();
    counts.forEach(
        (word, count) -> states.put(State.valueOf(word.toUpperCase(Locale.ROOT)), count));
    return new Draft(job.spec())
        .with(id, id, null)
        .state(stateOf(states).word(), null)
        .priority(job.priority())
        .times(job.submittedAt(), 0, last.at())
        .view(home, counts);
  }

  /** An element with what its job says for all of its elements. */
  static JobView merge(JobView element, JobView job) {
    return new JobView(
        element.id(),
        element.job(),
        element.task(),
        job.name(),
        job.kind(),
        job.command(),
        element.state(),
        element.reason(),
        job.user(),
        job.priority(),
        job.resources(),
        job.home(),
        element.host(),
        element.incarnation(),
        job.leaseSeconds(),
        job.submitted(),
        element.started(),
        element.ended(),
        element.exit(),
        element.restarts() == null ? Integer.valueOf(0) : element.restarts(),
        element.cpuSeconds(),
        element.rssBytes(),
        job.move(),
        element.moves(),
        null,
        null,
        element.progress(),
        job.cwd(),
        job.className(),
        element.note(),
        element.frozen(),
        element.checkpoint());
  }

  private Draft draft(Job job, int position) {
    int index = job.indexOf(position);
    String jobId = home + "." + job.number();
    return index == ProcessId.SINGLE
        ? new Draft(job.spec()).with(jobId, jobId, null)
        : new Draft(job.spec()).with(jobId + "." + index, jobId, index);
  }

  private static String word(Enum<?> value) {
    return value == null ? null : value.name().toLowerCase(Locale.ROOT);
  }

  private static Instant instant(long millis) {
    return millis <= 0 ? null : Instant.ofEpochMilli(millis);
  }

  private static MoveView move(MoveLine line) {
    double pause = Math.max(0, line.atMillis() - line.pausedAtMillis()) / MILLIS;
    return new MoveView(
        null,
        line.from().node().value(),
        line.to().node().value(),
        Instant.ofEpochMilli(line.atMillis()),
        line.pausedAtMillis() <= 0 ? null : pause,
        line.reason(),
        line.gainSeconds(),
        null,
        "moved",
        null);
  }

  /** A view under construction. */
  private static final class Draft {
    private final JobSpec spec;
    private boolean whole = true;
    private String id;
    private String job;
    private Integer task;
    private String state;
    private String reason;
    private Integer priority;
    private String host;
    private Integer incarnation;
    private Instant submitted;
    private Instant started;
    private Instant ended;
    private Exit exit;
    private Integer restarts;
    private Double cpuSeconds;
    private Long rssBytes;
    private List<MoveView> moves;
    private String progress;
    private String frozen;
    private JobView.Checkpoint checkpoint;

    Draft(JobSpec spec) {
      this.spec = spec;
    }

    Draft with(String newId, String newJob, Integer newTask) {
      id = newId;
      job = newJob;
      task = newTask;
      return this;
    }

    Draft compact() {
      whole = false;
      return this;
    }

    Draft state(String word, String why) {
      state = word;
      reason = why;
      return this;
    }

    Draft priority(int value) {
      priority = value;
      return this;
    }

    Draft times(long submittedAt, long startedAt, long endedAt) {
      submitted = instant(submittedAt);
      started = instant(startedAt);
      ended = instant(endedAt);
      return this;
    }

    Draft element(Element element) {
      if (element == null) {
        restarts = whole ? 0 : null;
        return this;
      }
      incarnation = element.incarnation();
      restarts = whole || element.restarts() > 0 ? element.restarts() : null;
      moves = element.moves().stream().map(JobViews::move).toList();
      boolean is = state.equals(State.FROZEN.word());
      frozen = is && element.frozen() != null ? element.frozen().word() : null;
      Image kept = element.checkpoint();
      checkpoint =
          kept == null
              ? null
              : new JobView.Checkpoint(
                  Instant.ofEpochMilli(kept.takenAtMillis()), kept.blob().bytes());
      return element.phase() == Element.Phase.WAITING ? this : host(element.host());
    }

    Draft host(HostId id) {
      if (id != null) {
        host = id.node().value();
      }
      return this;
    }

    Draft guest(Report.Guest guest) {
      if (guest != null) {
        cpuSeconds = guest.cpuMillis() / MILLIS;
        rssBytes = guest.rssBytes();
        progress = guest.progress();
      }
      return this;
    }

    Draft rss(Long bytes) {
      rssBytes = bytes;
      return this;
    }

    Draft ending(Exit how, int last) {
      exit = how;
      incarnation = last == 0 ? null : Integer.valueOf(last);
      return this;
    }

    JobView view(NodeName home, Map<String, Long> tasks) {
      return new JobView(
          id,
          job,
          task,
          whole ? spec.name() : null,
          whole ? word(spec.kind() == null ? Kind.COMMAND : spec.kind()) : null,
          whole ? spec.command() : null,
          state,
          reason,
          whole ? spec.user() : null,
          priority,
          whole ? spec.resources().amounts() : null,
          whole ? home.value() : null,
          host,
          incarnation,
          whole ? Double.valueOf(spec.leaseMillis() / MILLIS) : null,
          submitted,
          started,
          ended,
          exit,
          restarts,
          cpuSeconds,
          rssBytes,
          whole ? word(spec.move() == null ? MoveMode.NEVER : spec.move()) : null,
          moves,
          whole && spec.array() != null && task == null ? spec.array().toString() : null,
          tasks,
          progress,
          whole ? spec.cwd() : null,
          whole ? spec.className() : null,
          null,
          frozen,
          checkpoint);
    }
  }
}
