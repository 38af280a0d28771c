package dev.mosey.node.home;

import dev.mosey.policy.books.Books;
import dev.mosey.policy.books.Element;
import dev.mosey.policy.books.Job;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
import java.util.ArrayList;
import java.util.List;

/**
 * From where an incarnation writes its output.
 *
 * @param id the process
 * @param incarnation the one placed now
 * @param stdout where its standard output goes on
 * @param stderr the same for standard error
 */
record Beginning(ProcessId id, int incarnation, long stdout, long stderr) {
  /** Those whose placing these events say; they have been applied. */
  static List<Beginning> of(Books books, List<BooksEvent> events) {
    List<Beginning> beginnings = new ArrayList<>();
    for (BooksEvent event : events) {
      if (event instanceof BooksEvent.Placed placed) {
        add(books.job(placed.job()), placed.tasks(), books.home(), beginnings);
      } else if (event instanceof BooksEvent.Moved moved) {
        List<Run> task = List.of(Run.of(moved.task()));
        add(books.job(moved.job()), task, books.home(), beginnings);
      }
    }
    return beginnings;
  }

  /** Everything that is placed: what a home has to know before it takes output in. */
  static List<Beginning> all(Books books) {
    List<Beginning> beginnings = new ArrayList<>();
    for (Job job : books.jobs()) {
      for (Element element : job.elements()) {
        if (element.isPlaced()) {
          beginnings.add(of(job, element, books.home()));
        }
      }
    }
    return beginnings;
  }

  private static void add(Job job, List<Run> tasks, NodeName home, List<Beginning> to) {
    if (job == null) {
      return;
    }
    for (Run run : tasks) {
      for (int position = run.from(); position <= run.to(); position++) {
        Element element = job.element(position);
        if (element != null && element.isPlaced()) {
          to.add(of(job, element, home));
        }
      }
    }
  }

  private static Beginning of(Job job, Element element, NodeName home) {
    Image image = element.image();
    return new Beginning(
        new ProcessId(home, job.number(), job.indexOf(element.position())),
        element.incarnation(),
        image == null ? 0 : image.stdout(),
        image == null ? 0 : image.stderr());
  }
}
