package dev.mosey.node.home;

import dev.mosey.policy.books.Books;
import dev.mosey.policy.books.BooksView;
import dev.mosey.policy.books.Element;
import dev.mosey.policy.books.Ending;
import dev.mosey.policy.books.Job;
import dev.mosey.policy.books.TaskRuns;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Report;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes down what ends, in the moment before the books forget all but its exit. Called for every
 * event before it is applied, live and from the journal alike, so that both give the same rows;
 * only the processor time is known live alone.
 */
final class RowWriter {
  private final Books books;
  private BooksView measured;
  private boolean writes = true;
  private List<HistoryRow> rows = new ArrayList<>();

  RowWriter(Books books) {
    this.books = books;
  }

  /** From now on hosts report how much processor time was used. */
  void measureWith(BooksView view) {
    measured = view;
  }

  /** Whether what ends from now on is written down. */
  void write(boolean wanted) {
    writes = wanted;
  }

  /** The rows since the last call, in order. */
  List<HistoryRow> take() {
    List<HistoryRow> taken = List.copyOf(rows);
    rows = new ArrayList<>();
    return taken;
  }

  void before(BooksEvent event) {
    if (writes && event instanceof BooksEvent.Ended ended) {
      Job job = books.job(ended.job());
      if (job != null) {
        write(job, ended);
      }
    }
  }

  private void write(Job job, BooksEvent.Ended ended) {
    JobViews views = new JobViews(books.home());
    int newly = 0;
    for (Run run : ended.tasks()) {
      newly += run.size();
      for (int position = run.from(); position <= run.to(); position++) {
        Element element = job.element(position);
        Report.Guest guest = measured == null ? null : measured.guest(job, position);
        JobView view = views.ended(job, position, element, ended, guest);
        ProcessId id = new ProcessId(books.home(), job.number(), job.indexOf(position));
        rows.add(
            new HistoryRow(id, ended.at(), view, job.spec().stdoutFile(), job.spec().stderrFile()));
      }
    }
    if (job.spec().array() != null && job.endedCount() + newly >= job.size()) {
      JobView whole = views.endedArray(job, ended, counts(job, ended, newly));
      ProcessId id = new ProcessId(books.home(), job.number(), ProcessId.SINGLE);
      rows.add(new HistoryRow(id, ended.at(), whole, null, null));
    }
  }

  private static Map<String, Long> counts(Job job, BooksEvent.Ended ended, int newly) {
    Map<State, Long> counts = new EnumMap<>(State.class);
    for (Map.Entry<Ending, TaskRuns> entry : job.endings().entrySet()) {
      counts.merge(
          JobViews.stateOf(entry.getKey().outcome()), (long) entry.getValue().size(), Long::sum);
    }
    for (Element element : job.elements()) {
      if (element.ending() != null) {
        counts.merge(JobViews.stateOf(element.ending().outcome()), 1L, Long::sum);
      }
    }
    counts.merge(JobViews.stateOf(ended.outcome()), (long) newly, Long::sum);
    Map<String, Long> words = new TreeMap<>();
    counts.forEach((state, count) -> words.put(state.word(), count));
    return words;
  }
}
