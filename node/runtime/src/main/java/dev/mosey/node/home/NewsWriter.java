package dev.mosey.node.home;

import dev.mosey.policy.books.Books;
import dev.mosey.policy.books.Job;
import dev.mosey.protocol.api.EventView;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.JobSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Words for what the books journal, for those who watch. Called for every event of a turn before it
 * is applied, when the job that it ends is still known; told once it is on the disk.
 */
final class NewsWriter {
  /** A job of many deviating runs is told by their number alone. */
  private static final int RUNS_MAX = 20;

  private final Books books;
  private List<EventView> news = new ArrayList<>();

  NewsWriter(Books books) {
    this.books = books;
  }

  /** What came since the last call, in order. */
  List<EventView> take() {
    List<EventView> taken = List.copyOf(news);
    news = new ArrayList<>();
    return taken;
  }

  void before(BooksEvent event) {
    switch (event) {
      case BooksEvent.Submitted e -> {
        Draft draft = new Draft("job-submitted", e.job(), e.spec(), e.at());
        draft.state = e.held() ? "held" : "waiting";
        draft.count = e.spec().array() == null ? 1 : e.spec().array().size();
        draft.add();
      }
      case BooksEvent.Placed e -> placed(e);
      case BooksEvent.Moved e -> moved(e);
      case BooksEvent.Requeued e -> requeued(e);
      case BooksEvent.Ended e -> ended(e);
      case BooksEvent.Held e -> {
        String reason = e.why() == null ? "held" : "held: " + e.why();
        changed(e.job(), e.at(), reason, "held", e.tasks());
      }
      case BooksEvent.Released e -> changed(e.job(), e.at(), "released", "waiting", null);
      case BooksEvent.CancelAsked e -> changed(e.job(), e.at(), "cancelled", null, e.tasks());
      case BooksEvent.Retried e -> changed(e.job(), e.at(), "retried", "waiting", e.tasks());
      case BooksEvent.Ordered e -> changed(e.job(), 0, "ordered", null, null);
      case BooksEvent.MoveAborted e -> {
        // The ledger of its host tells it.
      }
      case BooksEvent.Cleared e -> cleared(e);
      case BooksEvent.ImageLost e ->
          changed(e.job(), e.at(), e.why(), null, List.of(Run.of(e.task())));
      case BooksEvent.Opened e -> {}
      case BooksEvent.Checkpointed e -> {}
      case BooksEvent.DependencyMet e -> {}
    }
  }

  private void placed(BooksEvent.Placed e) {
    Draft draft = of("job-started", e.job(), e.at(), e.tasks());
    if (draft != null) {
      draft.state = "starting";
      draft.to = name(e.host());
      draft.incarnation = e.incarnation();
      draft.add();
    }
  }

  private void moved(BooksEvent.Moved e) {
    Draft draft = of("job-moved", e.job(), e.at(), List.of(Run.of(e.task())));
    if (draft != null) {
      draft.state = "moving";
      draft.from = name(e.from());
      draft.to = name(e.to());
      draft.incarnation = e.incarnation();
      draft.reason = e.reason();
      draft.pauseSeconds = e.pausedAt() <= 0 ? null : Math.max(0, e.at() - e.pausedAt()) / 1000.0;
      draft.add();
    }
  }

  private void requeued(BooksEvent.Requeued e) {
    Draft draft = of("job-requeued", e.job(), e.at(), List.of(Run.of(e.task())));
    if (draft != null) {
      draft.state = "waiting";
      draft.incarnation = e.incarnation();
      draft.reason = e.why();
      draft.add();
    }
  }

  /** Only whoever was held for it has to know. */
  private void cleared(BooksEvent.Cleared e) {
    Job job = books.job(e.job());
    if (job != null && job.heldBack().contains(e.task())) {
      String reason = "released: a node that it ran on was cut off, not lost";
      changed(e.job(), e.at(), reason, "waiting", List.of(Run.of(e.task())));
    }
  }

  private void ended(BooksEvent.Ended e) {
    Draft draft = of("job-ended", e.job(), e.at(), e.tasks());
    if (draft != null) {
      draft.state = e.outcome().name().toLowerCase(Locale.ROOT);
      draft.from = name(e.host());
      draft.incarnation = e.incarnation() == 0 ? null : Integer.valueOf(e.incarnation());
      draft.exit = e.exit();
      draft.add();
    }
  }

  private void changed(long number, long at, String reason, String state, List<Run> tasks) {
    Draft draft = of("job-changed", number, at, tasks);
    if (draft != null) {
      draft.reason = reason;
      draft.state = state;
      draft.add();
    }
  }

  /** Null when the job is not in the books: then there is nothing to tell. */
  private Draft of(String event, long number, long at, List<Run> tasks) {
    Job job = books.job(number);
    if (job == null) {
      return null;
    }
    Draft draft = new Draft(event, number, job.spec(), at);
    draft.count = tasks == null ? job.size() : tasks.stream().mapToInt(Run::size).sum();
    boolean some = tasks != null && draft.count < job.size();
    draft.tasks = some && tasks.size() <= RUNS_MAX ? indices(job.spec().array(), tasks) : null;
    return draft;
  }

  private static String indices(ArraySpec array, List<Run> tasks) {
    List<String> words = new ArrayList<>();
    for (Run run : tasks) {
      int from = array.indexAt(run.from());
      int to = array.indexAt(run.to());
      String step = array.step() == 1 || from == to ? "" : ":" + array.step();
      words.add(from == to ? Integer.toString(from) : from + "-" + to + step);
    }
    return String.join(",", words);
  }

  private static String name(HostId host) {
    return host == null ? null : host.node().value();
  }

  private final class Draft {
    private final String event;
    private final long job;
    private final JobSpec spec;
    private final long at;
    private String tasks;
    private Integer count;
    private String state;
    private String from;
    private String to;
    private Integer incarnation;
    private Exit exit;
    private String reason;
    private Double pauseSeconds;

    Draft(String event, long job, JobSpec spec, long at) {
      this.event = event;
      this.job = job;
      this.spec = spec;
      this.at = at;
    }

    void add() {
      news.add(
          new EventView(
              event,
              at == 0 ? null : Instant.ofEpochMilli(at),
              books.home().value(),
              books.home() + "." + job,
              tasks,
              count,
              spec.name(),
              spec.user(),
              state,
              from,
              to,
              incarnation,
              exit,
              reason,
              pauseSeconds));
    }
  }
}
