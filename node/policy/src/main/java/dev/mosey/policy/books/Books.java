package dev.mosey.policy.books;

import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What a home knows durably: every job that has not ended, and the {@value #ENDED_KEPT} that ended
 * last, for retries and for those that depend on them. Changed by {@link #apply} alone. Beside what
 * is journalled there are indexes, derived from it: the queue, who hangs on whom, what is where.
 *
 * <p>Not safe for threads.
 */
public final class Books {
  /**
   * How many ended jobs are kept. Part of the format: a journal must give the same books whatever
   * the configuration, so this is none.
   */
  public static final int ENDED_KEPT = 1_000;

  private final NodeName home;
  private final BooksLimits limits;
  private Consumer<BooksEvent> witness = event -> {};
  private String storeId;
  private long epoch;
  private long opening;
  private HostId openedBy;
  private long nextJob = 1;
  private FromBackup fromBackup = FromBackup.NOTHING;
  private long firstRank;
  private long lastRank = Long.MAX_VALUE / 2;
  private final TreeMap<Long, Job> jobs = new TreeMap<>();
  private final LinkedHashSet<Long> ended = new LinkedHashSet<>();
  private final LinkedHashMap<String, Long> keys = new LinkedHashMap<>();

  private final BooksIndex index;
  private LostNodes lost = new LostNodes();

  /** Empty books, not opened yet. */
  public Books(NodeName home, BooksLimits limits) {
    this.home = home;
    this.limits = limits;
    this.index = new BooksIndex(home);
  }

  /** The books as they were when the snapshot was taken. */
  public static Books restore(BooksSnapshot snapshot, BooksLimits limits) {
    Books books = new Books(snapshot.home(), limits);
    books.storeId = snapshot.storeId();
    books.epoch = snapshot.epoch();
    books.opening = snapshot.opening();
    books.nextJob = snapshot.nextJob();
    books.fromBackup = snapshot.fromBackup();
    books.firstRank = snapshot.firstRank();
    books.lastRank = snapshot.lastRank();
    snapshot.jobs().forEach(part -> books.enter(Job.restore(part)));
    books.ended.addAll(snapshot.ended());
    snapshot.keys().forEach(part -> books.keys.put(part.key(), part.job()));
    books.lost = new LostNodes(snapshot.lost());
    return books;
  }

  /** What is to be written down; shares nothing with these books. */
  public BooksSnapshot snapshot() {
    return new BooksSnapshot(
        home,
        storeId,
        epoch,
        opening,
        nextJob,
        firstRank,
        lastRank,
        jobs.values().stream().map(Job::snapshot).toList(),
        List.copyOf(ended),
        keys.entrySet().stream()
            .map(e -> new BooksSnapshot.KeyPart(e.getKey(), e.getValue()))
            .toList(),
        lost.snapshot(),
        fromBackup);
  }

  /** Independent books with the same content. */
  public Books copy() {
    Books copy = new Books(home, limits);
    copy.storeId = storeId;
    copy.epoch = epoch;
    copy.opening = opening;
    copy.openedBy = openedBy;
    copy.nextJob = nextJob;
    copy.fromBackup = fromBackup;
    copy.firstRank = firstRank;
    copy.lastRank = lastRank;
    jobs.values().forEach(job -> copy.enter(job.copy()));
    copy.ended.addAll(ended);
    copy.keys.putAll(keys);
    copy.lost = new LostNodes(lost.snapshot());
    copy.index.sameUnsettled(index);
    return copy;
  }

  /**
   * What a command leads to. Reads only: neither the books nor the links change.
   *
   * @param links what was heard of hosts since the opening; a report must have been noted there
   */
  public Decision decide(BooksCommand command, HomeLinks links, Now now) {
    return new Decider(this, links, now).decide(command);
  }

  /**
   * From now on {@code witness} sees each event before it is applied, while the books still have
   * all that the event may make them forget. It must only read.
   */
  public void witness(Consumer<BooksEvent> witness) {
    this.witness = witness;
  }

  /** Takes an event that was decided now or is read from the journal. */
  public void apply(BooksEvent event) {
    witness.accept(event);
    switch (event) {
      case BooksEvent.Opened e -> {
        if (opening > 0) {
          // Its own node may have died. When it was only restarted, little is lost by the note.
          lost.note(home, e.at());
        }
        storeId = e.storeId();
        epoch = e.epoch();
        opening = e.opening();
        openedBy = e.by();
        if (e.nextJob() > 0) {
          fromBackup = new FromBackup(nextJob, e.nextJob(), e.leastIncarnation());
          nextJob = Math.max(nextJob, e.nextJob());
        }
      }
      case BooksEvent.Submitted e -> submitted(e);
      case BooksEvent.Held e ->
          onElements(e.job(), e.tasks(), Job::hold, part -> part.held(e.why(), e.frozen()));
      case BooksEvent.Released e -> onElements(e.job(), e.tasks(), Job::release, Element::released);
      case BooksEvent.Ordered e -> {
        firstRank = Math.min(firstRank, e.rank());
        lastRank = Math.max(lastRank, e.rank());
        onJob(e.job(), job -> job.order(e.priority(), e.rank()));
      }
      case BooksEvent.Placed e -> onJob(e.job(), job -> placed(job, e));
      case BooksEvent.Moved e -> onJob(e.job(), job -> moved(job, e));
      case BooksEvent.MoveAborted e ->
          onElement(e.job(), e.task(), element -> element.moveAborted(e.move(), e.why()));
      case BooksEvent.Requeued e -> requeued(e);
      case BooksEvent.Cleared e ->
          onElement(e.job(), e.task(), element -> element.cleared(e.incarnation()));
      case BooksEvent.Checkpointed e ->
          onElement(e.job(), e.task(), element -> element.checkpointed(e.image(), e.incarnation()));
      case BooksEvent.ImageLost e ->
          onElement(e.job(), e.task(), element -> element.imageLost(e.image(), e.why()));
      case BooksEvent.CancelAsked e ->
          onElements(e.job(), e.tasks(), job -> {}, Element::cancelAsked);
      case BooksEvent.Ended e -> onJob(e.job(), job -> ended(job, e));
      case BooksEvent.DependencyMet e ->
          onJob(e.job(), job -> job.dependencyMet(e.dependency(), e.tasks()));
      case BooksEvent.Retried e -> onJob(e.job(), job -> retried(job, e));
    }
  }

  private void submitted(BooksEvent.Submitted e) {
    Job job = new Job(e.job(), e.spec(), e.key(), e.held(), e.at());
    nextJob = Math.max(nextJob, e.job() + 1);
    enter(job);
    if (e.key() != null) {
      keys.put(e.key(), e.job());
      while (keys.size() > limits.keysKept()) {
        keys.pollFirstEntry();
      }
    }
  }

  private void placed(Job job, BooksEvent.Placed e) {
    for (Run run : e.tasks()) {
      for (int position = run.from(); position <= run.to(); position++) {
        Element old = job.element(position);
        Element base = old == null ? Element.waiting(position, 0, e.at()) : old;
        replace(job, base.placed(e.host(), e.incarnation(), e.at()));
      }
    }
  }

  private void moved(Job job, BooksEvent.Moved e) {
    Element old = job.element(e.task());
    if (old != null) {
      MoveLine line =
          new MoveLine(
              e.from(), e.to(), e.reason(), e.predictedGainSeconds(), e.pausedAt(), e.at());
      replace(job, old.moved(line, e.incarnation(), e.move(), e.image()));
    }
  }

  private void requeued(BooksEvent.Requeued e) {
    onElement(
        e.job(),
        e.task(),
        element -> {
          if (e.hostLostAt() > 0 && element.host() != null) {
            lost.note(element.host().node(), e.hostLostAt(), e.job());
          }
          return element.requeued(e);
        });
  }

  /** These tasks, as far as they deviate; {@code whole} for null, which means all. */
  private void onElements(long number, List<Run> tasks, JobChange whole, ElementChange part) {
    onJob(
        number,
        job -> {
          if (tasks == null) {
            whole.on(job);
            return;
          }
          for (Run run : tasks) {
            job.deviating(run).forEach(element -> replace(job, part.of(element)));
          }
        });
  }

  private void ended(Job job, BooksEvent.Ended e) {
    Ending ending = new Ending(e.outcome(), e.exit(), e.incarnation());
    boolean unremarkable = e.exit() == null || e.exit().why() == null;
    for (Run run : e.tasks()) {
      Collection<Element> deviating = job.deviating(run);
      deviating.forEach(element -> index.unplace(job, element));
      if (unremarkable && deviating.stream().allMatch(element -> element.movesCount() == 0)) {
        job.dissolve(run, ending);
        continue;
      }
      for (int position = run.from(); position <= run.to(); position++) {
        Element old = job.element(position);
        Element base = old == null ? Element.waiting(position, e.incarnation(), e.at()) : old;
        job.put(base.ended(ending, e.host(), e.at()));
      }
    }
    index.stir(new JobId(home, job.number()));
    if (job.isEnded()) {
      job.endedAt(e.at());
      ended.add(job.number());
      dropOldest();
    }
  }

  private void retried(Job job, BooksEvent.Retried e) {
    ended.remove(job.number());
    job.endedAt(0);
    for (Run run : e.tasks()) {
      for (int position = run.from(); position <= run.to(); position++) {
        Ending ending = job.ending(position);
        if (ending != null) {
          replace(job, Element.waiting(position, ending.incarnation(), e.at()));
        }
      }
    }
    index.hangOn(job);
  }

  // Ended jobs on which somebody still hangs are kept until those are settled.
  private void dropOldest() {
    int tooMany = ended.size() - ENDED_KEPT;
    Iterator<Long> oldest = ended.iterator();
    while (tooMany > 0 && oldest.hasNext()) {
      long number = oldest.next();
      if (!index.hasDependents(number)) {
        oldest.remove();
        jobs.remove(number);
        tooMany--;
      }
    }
  }

  private interface JobChange {
    void on(Job job);
  }

  private interface ElementChange {
    Element of(Element element);
  }

  /** An event about a job that is not known any more changes nothing. */
  private void onJob(long number, JobChange change) {
    Job job = jobs.get(number);
    if (job == null) {
      return;
    }
    index.before(job);
    change.on(job);
    index.after(job);
  }

  private void onElement(long number, int position, ElementChange change) {
    onJob(
        number,
        job -> {
          Element old = job.element(position);
          if (old != null) {
            replace(job, change.of(old));
          }
        });
  }

  private void replace(Job job, Element element) {
    index.unplace(job, job.element(element.position()));
    job.put(element);
    index.place(job, element);
  }

  private void enter(Job job) {
    jobs.put(job.number(), job);
    index.enter(job);
  }

  /**
   * Called when what was unsettled has been looked at; it comes back when its dependencies change.
   */
  void looked(Collection<Long> numbers) {
    index.unsettled().removeAll(numbers);
  }

  /** Something is known of a job on which others may hang. */
  void stir(JobId job) {
    index.stir(job);
  }

  /** Jobs whose dependencies may have changed; not to be changed. */
  Set<Long> unsettled() {
    return index.unsettled();
  }

  BooksIndex index() {
    return index;
  }

  long firstRank() {
    return firstRank;
  }

  long lastRank() {
    return lastRank;
  }

  /** The tasks that are with a node, whatever its session. */
  Set<TaskKey> placedAt(NodeName node) {
    return index.placedAt(node);
  }

  /** The nodes that have a task of this home. */
  public Set<NodeName> hosts() {
    return index.hosts();
  }

  /** Whose books these are. */
  public NodeName home() {
    return home;
  }

  /** Their identity since the last opening. */
  public BooksId id() {
    return new BooksId(home, storeId, epoch, opening);
  }

  /** The drawn identity of the store; null before the first opening. */
  public String storeId() {
    return storeId;
  }

  /** Who opened them last, or null. */
  public HostId openedBy() {
    return openedBy;
  }

  /** The bounds. */
  public BooksLimits limits() {
    return limits;
  }

  /** Every job that is known, by number. */
  public Collection<Job> jobs() {
    return Collections.unmodifiableCollection(jobs.values());
  }

  /** The job of this number, or null when it never was or ended long ago. */
  public Job job(long number) {
    return jobs.get(number);
  }

  /** The job that this key named, or null. */
  public JobId jobOfKey(String key) {
    Long number = key == null ? null : keys.get(key);
    return number == null ? null : new JobId(home, number);
  }

  /** What of these books comes from a backup. */
  FromBackup fromBackup() {
    return fromBackup;
  }

  /** The number that the next job will have: whoever is lower was given out. */
  public long nextJob() {
    return nextJob;
  }

  /** Tasks in the queue, held ones and those that wait for something among them. */
  public long waitingTasks() {
    return index.waitingTasks();
  }

  /** Tasks that have not ended. */
  public long liveTasks() {
    return index.liveTasks();
  }

  /** Jobs of which a task has not ended. */
  public int liveJobs() {
    return jobs.size() - ended.size();
  }

  /** The task that this process is, or null when its job is not known or has no such task. */
  public TaskKey taskOf(ProcessId id) {
    Job job = id.home().equals(home) ? jobs.get(id.job()) : null;
    int position = job == null ? -1 : job.positionOf(id.task());
    return position < 0 ? null : new TaskKey(id.job(), position);
  }

  /** The process that this task is; the job must be known. */
  public ProcessId processOf(TaskKey task) {
    return new ProcessId(home, task.job(), jobs.get(task.job()).indexOf(task.position()));
  }

  /** The task if it deviates from its job, else null. */
  public Element elementOf(TaskKey task) {
    Job job = jobs.get(task.job());
    return job == null ? null : job.element(task.position());
  }

  /** Which nodes were lost. */
  LostNodes lost() {
    return lost;
  }

  /** Blobs that known jobs and images kept here need: no other may be thrown away safely. */
  public Set<Blob> blobsNeeded() {
    Set<Blob> result = new HashSet<>();
    for (Job job : jobs.values()) {
      JobSpec spec = job.spec();
      result.add(spec.jar());
      result.add(spec.env());
      result.add(spec.stdin());
      result.add(spec.entries());
      for (Element element : job.elements()) {
        for (Image image :
            Arrays.asList(element.image(), element.checkpoint(), element.earlier())) {
          result.add(image == null ? null : image.blob());
        }
      }
    }
    result.remove(null);
    return result;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Books that && snapshot().equals(that.snapshot());
  }

  @Override
  public int hashCode() {
    return snapshot().hashCode();
  }
}
