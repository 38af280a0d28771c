package dev.mosey.policy.books;

import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.job.FrozenBy;
import java.util.List;

/**
 * What is frozen by hand, and goes on by hand. To freeze is a move to nowhere: the wish is
 * journalled first, from then on the task is held back, and its host is told until it has packed it
 * and let it leave, as for any other move. To thaw is a move from the queue.
 */
final class Freezing {
  static final String BY_HAND = "frozen by hand: migrate continue lets it go on";

  private final Books books;
  private final Now now;

  Freezing(Books books, Now now) {
    this.books = books;
    this.now = now;
  }

  /** Whether somebody wishes the task frozen, whether or not it is already. */
  static boolean isWished(Element element) {
    return element.frozen() == FrozenBy.HAND;
  }

  /** By whom the task is frozen that has left its host. */
  static FrozenBy whoFroze(Element element, FrozenBy host) {
    // Somebody may have let it go on in the meantime.
    return host == FrozenBy.HAND && !isWished(element) ? null : host;
  }

  Decision freeze(long number, List<BooksEvent.Run> tasks) {
    Job job = books.job(number);
    if (job == null || job.isEnded()) {
      return job == null ? Decider.notFound(books, number) : Decider.ended(books, number);
    }
    TaskRuns running = new TaskRuns();
    int already = 0;
    for (Element element : selected(job, tasks)) {
      boolean can = element.isPlaced() && !element.cancelled() || isFrozen(element);
      already += isWished(element) ? 1 : 0;
      if (can && !isWished(element)) {
        running.add(element.position());
      }
    }
    if (running.isEmpty() && already == 0) {
      String id = books.home() + "." + number;
      return Decision.refused(
          "not-running",
          "nothing of " + id + " is running",
          "mosq hold " + id + " keeps what waits from starting");
    }
    if (running.isEmpty()) {
      return Decision.done(already, List.of());
    }
    return Decision.done(
        running.size(),
        List.of(
            new BooksEvent.Held(
                number, now.epochMillis(), running.runs(), BY_HAND, FrozenBy.HAND)));
  }

  Decision thaw(long number, List<BooksEvent.Run> tasks) {
    Job job = books.job(number);
    if (job == null || job.isEnded()) {
      return job == null ? Decider.notFound(books, number) : Decider.ended(books, number);
    }
    TaskRuns frozen = new TaskRuns();
    selected(job, tasks).stream()
        .filter(element -> element.frozen() != null)
        .forEach(element -> frozen.add(element.position()));
    if (frozen.isEmpty()) {
      return Decision.refused(
          "not-frozen",
          "nothing of " + books.home() + "." + number + " is frozen",
          "mosq listall --state frozen shows what is");
    }
    return Decision.done(
        frozen.size(), List.of(new BooksEvent.Released(number, now.epochMillis(), frozen.runs())));
  }

  Decision save(BooksCommand.Save save) {
    Job job = books.job(save.job());
    if (job == null || job.isEnded()) {
      return job == null ? Decider.notFound(books, save.job()) : Decider.ended(books, save.job());
    }
    if (!job.spec().move().saves()) {
      return Decision.refused(
          "cant-save",
          books.home() + "." + save.job() + " can't be checkpointed",
          "a program that saves itself is submitted with --move checkpoint");
    }
    int count = Decider.placed(job, save.tasks()).size();
    return count == 0
        ? Decision.refused(
            "not-running",
            "nothing of " + books.home() + "." + save.job() + " is running",
            "mosps shows what is")
        : Decision.done(count, List.of());
  }

  private static boolean isFrozen(Element element) {
    return element.phase() == Element.Phase.WAITING && element.frozen() != null;
  }

  private static List<Element> selected(Job job, List<BooksEvent.Run> tasks) {
    List<BooksEvent.Run> selection = Decider.selection(job, tasks);
    return job.elements().stream()
        .filter(e -> selection.stream().anyMatch(run -> Decider.contains(run, e.position())))
        .toList();
  }
}
