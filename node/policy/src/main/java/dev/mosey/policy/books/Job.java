package dev.mosey.policy.books;

import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.After;
import dev.mosey.protocol.job.JobSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One job in the books: runs of tasks that are all alike, and an {@link Element} for each that
 * deviates. Whoever is outside this package only reads it, between two turns.
 */
public final class Job {
  private final long number;
  private final JobSpec spec;
  private final String key;
  private final long submittedAt;
  private final List<TaskRuns> met;
  private boolean held;
  private int priority;
  private long rank;
  private long endedAt;
  private int placedCount;
  private int endedCount;
  private final TaskRuns waiting;
  // Those of them that are held, though the job is not; each has an element that says why.
  private final TaskRuns heldBack = new TaskRuns();
  // Those that rest after a failure, and those that failed before.
  private final TaskRuns resting = new TaskRuns();
  private final TaskRuns triedAgain = new TaskRuns();
  private final Map<Ending, TaskRuns> endings;
  private final Map<Integer, Element> elements;
  // The waiting tasks that are neither held back nor rest, and whose dependencies hold; null = all
  private TaskRuns narrowed;

  // Where the queue has it; kept here so that it is found again after its order has changed.
  QueueOrder.Place place;

  Job(long number, JobSpec spec, String key, boolean held, long submittedAt) {
    this(
        number,
        spec,
        key,
        submittedAt,
        TaskRuns.all(spec.tasks()),
        new LinkedHashMap<>(),
        new HashMap<>(),
        new ArrayList<>());
    this.held = held;
    this.priority = spec.priority();
    this.rank = number;
    spec.after().forEach(dependency -> met.add(new TaskRuns()));
    refreshReady();
  }

  private Job(
      long number,
      JobSpec spec,
      String key,
      long submittedAt,
      TaskRuns waiting,
      Map<Ending, TaskRuns> endings,
      Map<Integer, Element> elements,
      List<TaskRuns> met) {
    this.number = number;
    this.spec = spec;
    this.key = key;
    this.submittedAt = submittedAt;
    this.waiting = waiting;
    this.endings = endings;
    this.elements = elements;
    this.met = met;
  }

  Job copy() {
    Map<Ending, TaskRuns> endingsCopy = new LinkedHashMap<>();
    endings.forEach((ending, runs) -> endingsCopy.put(ending, runs.copy()));
    List<TaskRuns> metCopy = new ArrayList<>();
    met.forEach(runs -> metCopy.add(runs.copy()));
    Job copy =
        new Job(
            number,
            spec,
            key,
            submittedAt,
            waiting.copy(),
            endingsCopy,
            new HashMap<>(elements),
            metCopy);
    copy.held = held;
    copy.priority = priority;
    copy.rank = rank;
    copy.endedAt = endedAt;
    copy.placedCount = placedCount;
    copy.endedCount = endedCount;
    heldBack.runs().forEach(copy.heldBack::add);
    resting.runs().forEach(copy.resting::add);
    triedAgain.runs().forEach(copy.triedAgain::add);
    copy.refreshReady();
    return copy;
  }

  static Job restore(BooksSnapshot.JobPart part) {
    Job job =
        new Job(
            part.number(),
            part.spec(),
            part.key(),
            part.submittedAt(),
            TaskRuns.of(part.waiting()),
            new LinkedHashMap<>(),
            new HashMap<>(),
            new ArrayList<>());
    job.held = part.held();
    job.priority = part.priority();
    job.rank = part.rank();
    job.endedAt = part.endedAt();
    part.endings().forEach(e -> job.endings.put(e.ending(), TaskRuns.of(e.tasks())));
    part.elements().forEach(e -> job.elements.put(e.position(), e));
    part.met().forEach(runs -> job.met.add(TaskRuns.of(runs)));
    job.endings.values().forEach(runs -> job.endedCount += runs.size());
    for (Element element : job.elements.values()) {
      switch (element.phase()) {
        case PLACED -> job.placedCount++;
        case ENDED -> job.endedCount++;
        case WAITING -> job.noteBack(element);
      }
    }
    job.refreshReady();
    return job;
  }

  BooksSnapshot.JobPart snapshot() {
    return new BooksSnapshot.JobPart(
        number,
        spec,
        key,
        held,
        priority,
        rank,
        submittedAt,
        endedAt,
        waiting.runs(),
        endings.entrySet().stream()
            .map(e -> new BooksSnapshot.EndingPart(e.getKey(), e.getValue().runs()))
            .sorted(BooksSnapshot.EndingPart.ORDER)
            .toList(),
        new TreeMap<>(elements).values().stream().toList(),
        met.stream().map(TaskRuns::runs).toList());
  }

  /** Its number at this home. */
  public long number() {
    return number;
  }

  /** What was asked for. */
  public JobSpec spec() {
    return spec;
  }

  /** The submitter's idempotency key, or null. */
  public String key() {
    return key;
  }

  /** Those of a run that deviate from the job. */
  Collection<Element> deviating(Run run) {
    if (run.size() == 1) {
      Element element = element(run.from());
      return element == null ? List.of() : List.of(element);
    }
    List<Element> result = new ArrayList<>();
    for (Element element : elements()) {
      if (element.position() >= run.from() && element.position() <= run.to()) {
        result.add(element);
      }
    }
    return result;
  }

  /** When it was taken in, epoch milliseconds. */
  public long submittedAt() {
    return submittedAt;
  }

  /** When its last task ended, epoch milliseconds; 0 while one has not. */
  public long endedAt() {
    return endedAt;
  }

  /** Whether all of it waits until released. */
  public boolean isHeld() {
    return held;
  }

  /** Those of the waiting tasks that wait until released though the job does not; only to read. */
  public TaskRuns heldBack() {
    return heldBack;
  }

  /** Its priority now; lower = sooner. */
  public int priority() {
    return priority;
  }

  /** Whether somebody told it to run now, whatever the load: urgent, and before all such. */
  public boolean runsNow() {
    return priority == 0 && rank < 0;
  }

  /** Its rank within the priority; lower = sooner. */
  public long rank() {
    return rank;
  }

  /** How many tasks it has. */
  public int size() {
    return spec.tasks();
  }

  /** How many tasks are with hosts. */
  public int placedCount() {
    return placedCount;
  }

  /** How many tasks are over. */
  public int endedCount() {
    return endedCount;
  }

  /** Whether all its tasks are over. */
  public boolean isEnded() {
    return endedCount == size();
  }

  /** The tasks in the queue; not to be changed. */
  public TaskRuns waiting() {
    return waiting;
  }

  /** Those of the waiting tasks that rest after a failure; only to read. */
  public TaskRuns resting() {
    return resting;
  }

  /** Those of the waiting tasks that have failed before; only to read. */
  TaskRuns triedAgain() {
    return triedAgain;
  }

  /** The rest of this task is over. */
  void wake(int position) {
    if (resting.contains(position)) {
      resting.remove(position);
      refreshReady();
    }
  }

  /**
   * Those of them that are neither held back nor rest, and whose dependencies hold; not to be
   * changed.
   */
  public TaskRuns ready() {
    return narrowed == null ? waiting : narrowed;
  }

  /** The tasks that ended without anything remarkable, by how they ended; not to be changed. */
  public Map<Ending, TaskRuns> endings() {
    return Collections.unmodifiableMap(endings);
  }

  /** The tasks that deviate, in no order. */
  public Collection<Element> elements() {
    return Collections.unmodifiableCollection(elements.values());
  }

  /** The task, if it deviates; else null. */
  public Element element(int position) {
    return elements.get(position);
  }

  /** How the task ended, or null while it has not. */
  public Ending ending(int position) {
    Element element = elements.get(position);
    if (element != null) {
      return element.ending();
    }
    for (Map.Entry<Ending, TaskRuns> entry : endings.entrySet()) {
      if (entry.getValue().contains(position)) {
        return entry.getKey();
      }
    }
    return null;
  }

  /** For each dependency the tasks for which it holds; not to be changed. */
  public List<TaskRuns> met() {
    return Collections.unmodifiableList(met);
  }

  /** The user's index of the task at a position; {@link ProcessId#SINGLE} for a single task. */
  public int indexOf(int position) {
    return spec.array() == null ? ProcessId.SINGLE : spec.array().indexAt(position);
  }

  /** The position of a user's index ({@link ProcessId#SINGLE} for a single task), or -1. */
  public int positionOf(int index) {
    if (spec.array() == null) {
      return index == ProcessId.SINGLE ? 0 : -1;
    }
    return index == ProcessId.SINGLE ? -1 : spec.array().positionOf(index);
  }

  /** How many of the ready tasks may start now, its own bound counted; time and hold are not. */
  public int startable() {
    int bound = spec.array() == null ? 0 : spec.array().atOnce();
    int size = ready().size();
    return bound == 0 ? size : Math.max(0, Math.min(size, bound - placedCount));
  }

  /** All its tasks, as one run. */
  Run whole() {
    return new Run(0, size() - 1);
  }

  void hold() {
    held = true;
  }

  /** Lets all of it go, and forgets what was held against any of its tasks. */
  void release() {
    held = false;
    elements.replaceAll((position, element) -> element.released());
    heldBack.clear();
    resting.clear();
    refreshReady();
  }

  void order(int newPriority, long newRank) {
    priority = newPriority;
    rank = newRank;
  }

  void dependencyMet(int dependency, List<Run> tasks) {
    tasks.forEach(met.get(dependency)::add);
    refreshReady();
  }

  /** Puts the element in the place of what was known of the task. */
  void put(Element element) {
    int position = element.position();
    leave(position);
    elements.put(position, element);
    switch (element.phase()) {
      case WAITING -> enqueue(element);
      case PLACED -> placedCount++;
      case ENDED -> endedCount++;
    }
  }

  /** These tasks, none of which deviates, waited and are over: nothing more is kept of them. */
  void dissolve(Run tasks, Ending ending) {
    for (int position = tasks.from(); position <= tasks.to() && !elements.isEmpty(); position++) {
      leave(position);
      elements.remove(position);
    }
    waiting.remove(tasks);
    if (narrowed != null) {
      narrowed.remove(tasks);
    }
    TaskRuns runs = endings.computeIfAbsent(ending, e -> new TaskRuns());
    int before = runs.size();
    runs.add(tasks);
    endedCount += runs.size() - before;
  }

  void endedAt(long at) {
    endedAt = at;
  }

  private void leave(int position) {
    Element old = elements.get(position);
    if (old == null) {
      waiting.remove(position);
      if (narrowed != null) {
        narrowed.remove(position);
      }
      leaveEndings(position);
      return;
    }
    switch (old.phase()) {
      case WAITING -> {
        waiting.remove(position);
        heldBack.remove(position);
        resting.remove(position);
        triedAgain.remove(position);
        if (narrowed != null) {
          narrowed.remove(position);
        }
      }
      case PLACED -> placedCount--;
      case ENDED -> endedCount--;
    }
  }

  private void leaveEndings(int position) {
    for (TaskRuns runs : endings.values()) {
      if (runs.contains(position)) {
        runs.remove(position);
        endedCount--;
      }
    }
    endings.values().removeIf(TaskRuns::isEmpty);
  }

  private void enqueue(Element element) {
    int position = element.position();
    waiting.add(position);
    noteBack(element);
    boolean back = element.held() != null || element.rests();
    if (narrowed == null && back) {
      refreshReady();
    } else if (narrowed != null
        && !back
        && met.stream().allMatch(runs -> runs.contains(position))) {
      narrowed.add(position);
    }
  }

  private void noteBack(Element element) {
    if (element.held() != null) {
      heldBack.add(element.position());
    }
    if (element.rests()) {
      resting.add(element.position());
    }
    if (element.isTriedAgain()) {
      triedAgain.add(element.position());
    }
  }

  private void refreshReady() {
    boolean all = met.stream().allMatch(runs -> runs.size() == size());
    if (all && heldBack.isEmpty() && resting.isEmpty()) {
      narrowed = null;
      return;
    }
    narrowed = waiting.minus(heldBack).minus(resting);
    for (TaskRuns runs : met) {
      narrowed = narrowed.and(runs);
    }
  }

  /** Whether the dependency holds for every task. */
  boolean isMet(int dependency) {
    return met.get(dependency).size() == size();
  }

  /** The dependency at this place of the list. */
  After dependency(int place) {
    return spec.after().get(place);
  }
}
