package dev.mosey.policy.books;

import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Outcome;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/** Decides what a command leads to; reads books and links, changes neither. */
final class Decider {
  private final Books books;
  private final HomeLinks links;
  private final Now now;

  Decider(Books books, HomeLinks links, Now now) {
    this.books = books;
    this.links = links;
    this.now = now;
  }

  Decision decide(BooksCommand command) {
    if (books.openedBy() == null && !(command instanceof BooksCommand.Open)) {
      return Decision.refused(
          "not-open", books.home() + " has not opened its books yet", "try again in a moment");
    }
    return switch (command) {
      case BooksCommand.Open open -> open(open);
      case BooksCommand.Submit submit -> new SubmitRules(books, now).decide(submit);
      case BooksCommand.Cancel cancel -> cancel(cancel);
      case BooksCommand.Hold(long number) -> hold(number, true);
      case BooksCommand.Release(long number) -> hold(number, false);
      case BooksCommand.Prioritise(long number, int priority) ->
          order(number, job -> new BooksEvent.Ordered(number, priority, job.number()));
      case BooksCommand.Advance(long number) ->
          order(number, job -> new BooksEvent.Ordered(number, job.priority(), firstRank()));
      case BooksCommand.Retard(long number) ->
          order(
              number, job -> new BooksEvent.Ordered(number, job.priority(), books.lastRank() + 1));
      case BooksCommand.RunNow(long number) -> runNow(number);
      case BooksCommand.Retry retry -> retry(retry);
      case BooksCommand.Signal signal -> running(signal.job(), signal.tasks());
      case BooksCommand.PleaseMove move -> pleaseMove(move);
      case BooksCommand.Freeze(long number, var tasks) -> freezing().freeze(number, tasks);
      case BooksCommand.Thaw(long number, var tasks) -> freezing().thaw(number, tasks);
      case BooksCommand.Save save -> freezing().save(save);
      case BooksCommand.Place place -> new Placing(books, links, now).decide(place);
      case BooksCommand.NoHostLeft none -> noHostLeft(none);
      case BooksCommand.HostReport(var report) ->
          new ReportReader(books, links, now).decide(report);
      case BooksCommand.ImageKept kept -> imageKept(kept);
      case BooksCommand.ImageNotKept notKept -> Decision.NOTHING;
      case BooksCommand.ImageDamaged damaged -> imageDamaged(damaged);
      case BooksCommand.Forget(var node) -> new LossReader(books, links, now).forget(node);
      case BooksCommand.Trust trust -> Decision.done(0, List.of());
      case BooksCommand.DependencyEnded ended -> Decision.NOTHING;
      case BooksCommand.Tick() -> new LossReader(books, links, now).tick();
    };
  }

  private Decision open(BooksCommand.Open open) {
    boolean first = books.storeId() == null;
    boolean raise = !first && (open.newEpoch() || !open.storeId().equals(books.id().storeId()));
    long epoch = first ? 1 : books.id().epoch() + (raise ? 1 : 0);
    if (raise && open.newEpoch()) {
      // Two restores of one backup must not share an epoch, and neither knows of the other.
      epoch = Math.max(epoch, now.epochMillis() / 1000);
    }
    long opening = first ? 1 : books.id().opening() + 1;
    long at = now.epochMillis();
    BooksEvent.Opened opened = new BooksEvent.Opened(epoch, opening, open.storeId(), open.by(), at);
    if (raise && open.fromBackup()) {
      BooksLimits.Backup jump = books.limits().backup();
      opened =
          new BooksEvent.Opened(
              epoch,
              opening,
              open.storeId(),
              open.by(),
              at,
              books.nextJob() + jump.jobs(),
              highestIncarnation() + jump.attempts());
    }
    return Decision.done(0, List.of(opened));
  }

  private int highestIncarnation() {
    int highest = books.fromBackup().leastIncarnation();
    for (Job job : books.jobs()) {
      for (Element element : job.elements()) {
        highest = Math.max(highest, element.incarnation());
      }
      for (Ending ending : job.endings().keySet()) {
        highest = Math.max(highest, ending.incarnation());
      }
    }
    return highest;
  }

  private interface ToEvent {
    BooksEvent of(Job job);
  }

  private Decision order(long number, ToEvent event) {
    Job job = books.job(number);
    if (job == null) {
      return notFound(number);
    }
    if (job.isEnded()) {
      return ended(number);
    }
    if (event.of(job) instanceof BooksEvent.Ordered o && (o.priority() < 0)) {
      return Decision.refused(
          "bad-request", "a priority of " + o.priority() + " is not possible", "use 0 to 1000");
    }
    return Decision.done(job.size(), List.of(event.of(job)));
  }

  private long firstRank() {
    return Math.min(books.firstRank(), 0) - 1;
  }

  private Decision hold(long number, boolean hold) {
    Job job = books.job(number);
    if (job == null) {
      return notFound(number);
    }
    if (job.isEnded()) {
      return ended(number);
    }
    if (hold ? job.isHeld() : !isHeldAtAll(job)) {
      return Decision.done(job.waiting().size(), List.of());
    }
    BooksEvent event =
        hold
            ? new BooksEvent.Held(number, now.epochMillis())
            : new BooksEvent.Released(number, now.epochMillis());
    return Decision.done(job.waiting().size(), List.of(event));
  }

  /** Whether a release would change anything. */
  private static boolean isHeldAtAll(Job job) {
    return job.isHeld()
        || job.elements().stream().anyMatch(e -> !e.losses().isEmpty() || e.frozen() != null);
  }

  private Decision runNow(long number) {
    Job job = books.job(number);
    if (job == null) {
      return notFound(number);
    }
    if (job.isEnded()) {
      return ended(number);
    }
    List<BooksEvent> events = new ArrayList<>();
    if (job.isHeld() || !job.heldBack().isEmpty() || !job.resting().isEmpty()) {
      events.add(new BooksEvent.Released(number, now.epochMillis()));
    }
    // Priority 0 with a rank below 0 is what "now" means: see Job.runsNow.
    events.add(new BooksEvent.Ordered(number, 0, firstRank()));
    return Decision.done(job.waiting().size(), events);
  }

  private Decision cancel(BooksCommand.Cancel cancel) {
    Job job = books.job(cancel.job());
    if (job == null) {
      return notFound(cancel.job());
    }
    List<Run> selection = selection(job, cancel.tasks());
    TaskRuns toEnd = new TaskRuns();
    TaskRuns toAsk = new TaskRuns();
    for (Run run : selection) {
      job.waiting().within(run).forEach(toEnd::add);
      job.waiting().within(run).forEach(toAsk::add);
    }
    for (Element element : job.elements()) {
      boolean asked = selection.stream().anyMatch(run -> contains(run, element.position()));
      if (asked && element.isPlaced() && !element.cancelled() && !cancel.waitingOnly()) {
        toAsk.add(element.position());
      }
    }
    if (toAsk.isEmpty()) {
      return Decision.done(0, List.of());
    }
    List<BooksEvent> events = new ArrayList<>();
    events.add(
        new BooksEvent.CancelAsked(job.number(), toAsk.runs(), cancel.user(), now.epochMillis()));
    events.addAll(endWaiting(job, toEnd, Outcome.CANCELLED, null, now));
    return Decision.done(toAsk.size(), events);
  }

  /** Events that end waiting tasks, one for each incarnation that they had. */
  static List<BooksEvent> endWaiting(Job job, TaskRuns tasks, Outcome outcome, Exit exit, Now now) {
    TaskRuns untouched = tasks.copy();
    Map<Integer, TaskRuns> byIncarnation = new TreeMap<>();
    for (Element element : job.elements()) {
      if (tasks.contains(element.position())) {
        untouched.remove(element.position());
        byIncarnation
            .computeIfAbsent(element.incarnation(), i -> new TaskRuns())
            .add(element.position());
      }
    }
    if (!untouched.isEmpty()) {
      byIncarnation.computeIfAbsent(0, i -> new TaskRuns());
      untouched.runs().forEach(byIncarnation.get(0)::add);
    }
    List<BooksEvent> events = new ArrayList<>();
    byIncarnation.forEach(
        (incarnation, runs) ->
            events.add(
                new BooksEvent.Ended(
                    job.number(),
                    runs.runs(),
                    outcome,
                    exit,
                    incarnation,
                    null,
                    null,
                    0,
                    now.epochMillis())));
    return events;
  }

  private Decision retry(BooksCommand.Retry retry) {
    Job job = books.job(retry.job());
    if (job == null) {
      return notFound(retry.job());
    }
    BiPredicate<Outcome, Integer> wanted =
        (outcome, position) ->
            !retry.failedOnly() || outcome == Outcome.FAILED || outcome == Outcome.LOST;
    List<Run> selection = selection(job, retry.tasks());
    TaskRuns again = new TaskRuns();
    job.endings()
        .forEach(
            (ending, runs) -> {
              if (wanted.test(ending.outcome(), 0)) {
                selection.forEach(run -> runs.within(run).forEach(again::add));
              }
            });
    for (Element element : job.elements()) {
      boolean asked = selection.stream().anyMatch(run -> contains(run, element.position()));
      if (asked && element.ending() != null && wanted.test(element.ending().outcome(), 0)) {
        again.add(element.position());
      }
    }
    if (again.isEmpty()) {
      return Decision.done(0, List.of());
    }
    if (books.liveTasks() + again.size() > books.limits().tasksMax()) {
      return Decision.refused(
          "too-many",
          "the queue of " + books.home() + " is full: " + books.liveTasks() + " tasks",
          "wait until some have ended");
    }
    return Decision.done(
        again.size(),
        List.of(new BooksEvent.Retried(job.number(), again.runs(), now.epochMillis())));
  }

  private Decision running(long number, List<Run> tasks) {
    Job job = books.job(number);
    if (job == null) {
      return notFound(number);
    }
    int count = placed(job, tasks).size();
    if (count == 0) {
      return Decision.refused(
          "not-running", "nothing of " + books.home() + "." + number + " is running", null);
    }
    return Decision.done(count, List.of());
  }

  private Freezing freezing() {
    return new Freezing(books, now);
  }

  private Decision pleaseMove(BooksCommand.PleaseMove move) {
    Job job = books.job(move.job());
    if (job != null && !job.spec().move().moves()) {
      return Decision.refused(
          "cant-move",
          books.home() + "." + move.job() + " was submitted with --move never",
          "cancel and submit it again with --move restart; what it has done is then done again");
    }
    return running(move.job(), move.tasks());
  }

  /** The placed tasks of the selection. */
  static List<Element> placed(Job job, List<Run> tasks) {
    List<Run> selection = selection(job, tasks);
    return job.elements().stream()
        .filter(Element::isPlaced)
        .filter(e -> selection.stream().anyMatch(run -> contains(run, e.position())))
        .toList();
  }

  private Decision noHostLeft(BooksCommand.NoHostLeft none) {
    Job job = books.job(none.job());
    if (job == null || job.waiting().isEmpty() || none.candidates().isEmpty()) {
      return Decision.NOTHING;
    }
    var refusals = links.refusals(job.number(), now);
    boolean executable = true;
    for (var node : none.candidates()) {
      HomeLinks.Refusal refusal = refusals.get(node);
      RefusalCode code = refusal == null ? RefusalCode.UNKNOWN : refusal.code();
      if (code != RefusalCode.NO_COMMAND && code != RefusalCode.NOT_EXECUTABLE) {
        return Decision.NOTHING;
      }
      executable &= code == RefusalCode.NO_COMMAND;
    }
    String command = job.spec().command().isEmpty() ? "" : job.spec().command().get(0);
    Exit exit =
        executable
            ? Exit.code(127).because(command + ": not found on any host")
            : Exit.code(126).because(command + ": not executable on any host");
    return new Decision(endWaiting(job, job.waiting(), Outcome.FAILED, exit, now), null);
  }

  private Decision imageKept(BooksCommand.ImageKept kept) {
    TaskKey task = books.taskOf(kept.process());
    Element element = task == null ? null : books.elementOf(task);
    boolean wanted =
        element != null
            && element.phase() != Element.Phase.ENDED
            && element.incarnation() >= kept.incarnation()
            && needs(element, kept.incarnation(), kept.image());
    if (!wanted) {
      return Decision.NOTHING;
    }
    return new Decision(
        List.of(
            new BooksEvent.Checkpointed(
                task.job(), task.position(), kept.incarnation(), kept.image(), now.epochMillis())),
        null);
  }

  private Decision imageDamaged(BooksCommand.ImageDamaged damaged) {
    TaskKey task = books.taskOf(damaged.process());
    Element element = task == null ? null : books.elementOf(task);
    boolean kept = element != null && (is(element.checkpoint(), damaged.image()));
    boolean earlier = element != null && is(element.earlier(), damaged.image());
    if (!kept && !earlier) {
      return Decision.NOTHING;
    }
    String then = kept ? "; " + fallback(element.earlier()) : "";
    return new Decision(
        List.of(
            new BooksEvent.ImageLost(
                task.job(),
                task.position(),
                damaged.image(),
                "its checkpoint can't be read: " + damaged.why() + then,
                now.epochMillis())),
        null);
  }

  private static boolean is(Image image, Blob blob) {
    return image != null && image.blob().equals(blob);
  }

  /** From where it goes on instead. */
  static String fallback(Image from) {
    return from == null
        ? "it begins again"
        : "it goes on from its checkpoint of " + Instant.ofEpochMilli(from.takenAtMillis());
  }

  /** Whether this image, packed by this incarnation, is newer than what is kept at home. */
  static boolean needs(Element element, int incarnation, Image image) {
    Image kept = element.checkpoint();
    if (image == null || kept == null) {
      return image != null;
    }
    if (kept.blob().equals(image.blob()) || element.checkpointOf() > incarnation) {
      return false;
    }
    return element.checkpointOf() < incarnation || kept.takenAtMillis() < image.takenAtMillis();
  }

  static List<Run> selection(Job job, List<Run> tasks) {
    if (tasks == null) {
      return List.of(job.whole());
    }
    return tasks.stream()
        .filter(run -> run.from() < job.size())
        .map(run -> new Run(run.from(), Math.min(run.to(), job.size() - 1)))
        .toList();
  }

  static boolean contains(Run run, int position) {
    return position >= run.from() && position <= run.to();
  }

  private Decision notFound(long number) {
    return notFound(books, number);
  }

  static Decision notFound(Books books, long number) {
    String id = books.home() + "." + number;
    // What was between is unknown: the lost books had some of it, or nobody ever did.
    boolean was = number > 0 && number < books.nextJob() && !books.fromBackup().skipped(number);
    return Decision.refused(
        was ? "ended" : "not-found",
        was ? id + " ended long ago" : "there is no job " + id,
        was ? "submit it again" : "mosq listall shows what there is");
  }

  private Decision ended(long number) {
    return ended(books, number);
  }

  static Decision ended(Books books, long number) {
    return Decision.refused("ended", books.home() + "." + number + " has ended", null);
  }
}
