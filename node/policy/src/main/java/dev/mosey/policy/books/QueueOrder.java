package dev.mosey.policy.books;

import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The jobs that may start a task, in order. An index: derived from the jobs, never stored. Jobs
 * whose time has not come are kept apart by that time, so that they cost nothing until then.
 */
final class QueueOrder {
  private final TreeMap<Integer, Map<String, TreeSet<Place>>> byPriority = new TreeMap<>();
  private final TreeSet<Place> timed =
      new TreeSet<>(
          Comparator.comparingLong((Place place) -> place.job.spec().beginMillis())
              .thenComparingLong(place -> place.job.number()));

  /** Where a job stands, as it was when it was put there. */
  static final class Place implements Comparable<Place> {
    private final Job job;
    private final int priority;
    private final long rank;
    private boolean isTimed;

    private Place(Job job) {
      this.job = job;
      this.priority = job.priority();
      this.rank = job.rank();
    }

    @Override
    public int compareTo(Place other) {
      int byRank = Long.compare(rank, other.rank);
      return byRank != 0 ? byRank : Long.compare(job.number(), other.job.number());
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Place that && compareTo(that) == 0;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(job.number());
    }
  }

  /** Whether the time a job asked for still matters: not after it was told to run now. */
  static boolean waitsForItsTime(Job job) {
    return job.spec().beginMillis() > 0 && !job.runsNow();
  }

  /** Puts the job where it belongs now, or takes it out. */
  void update(Job job) {
    boolean wanted = !job.isHeld() && job.startable() > 0;
    Place old = job.place;
    boolean same = old != null && old.priority == job.priority() && old.rank == job.rank();
    if (wanted && same) {
      return;
    }
    remove(job);
    if (wanted) {
      Place place = new Place(job);
      job.place = place;
      if (waitsForItsTime(job)) {
        place.isTimed = true;
        timed.add(place);
      } else {
        enter(place);
      }
    }
  }

  /** Takes the job out. */
  void remove(Job job) {
    Place place = job.place;
    if (place == null) {
      return;
    }
    job.place = null;
    if (place.isTimed) {
      timed.remove(place);
      return;
    }
    Map<String, TreeSet<Place>> users = byPriority.get(place.priority);
    TreeSet<Place> places = users.get(job.spec().user());
    places.remove(place);
    if (places.isEmpty()) {
      users.remove(job.spec().user());
      if (users.isEmpty()) {
        byPriority.remove(place.priority);
      }
    }
  }

  private void enter(Place place) {
    byPriority
        .computeIfAbsent(place.priority, p -> new TreeMap<>())
        .computeIfAbsent(place.job.spec().user(), u -> new TreeSet<>())
        .add(place);
  }

  /** Lets in the jobs whose time has come; true when there was one. */
  boolean timeIs(long epochMillis) {
    boolean any = false;
    while (!timed.isEmpty() && timed.first().job.spec().beginMillis() <= epochMillis) {
      Place place = timed.pollFirst();
      place.isTimed = false;
      enter(place);
      any = true;
    }
    return any;
  }

  /**
   * Jobs in order, as long as the visitor wants more. Users of the same share go by name.
   *
   * @param shares decayed use by user; who is absent has used nothing
   */
  void walk(Map<String, Double> shares, Predicate<Job> visitor) {
    for (Map<String, TreeSet<Place>> users : byPriority.values()) {
      for (Set<Place> places : inOrder(users, shares)) {
        for (Place place : places) {
          if (!visitor.test(place.job)) {
            return;
          }
        }
      }
    }
  }

  private static Collection<? extends Set<Place>> inOrder(
      Map<String, ? extends Set<Place>> users, Map<String, Double> shares) {
    if (users.size() == 1) {
      return users.values();
    }
    return users.entrySet().stream()
        .sorted(Comparator.comparingDouble(e -> shares.getOrDefault(e.getKey(), 0.0)))
        .map(Map.Entry::getValue)
        .toList();
  }
}
