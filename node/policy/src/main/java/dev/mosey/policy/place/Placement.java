package dev.mosey.policy.place;

import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.books.Assignment;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/**
 * Matches the heads of a home's queue with the room that hosts have offered. One task goes where it
 * will finish soonest by the policy's price; among equals to the least loaded; among those to the
 * home itself, which needs neither lease nor transfer, else to one by chance. The tasks of an array
 * are spread in one go, in proportion to the room.
 */
public final class Placement {
  private final BalancePolicy policy;
  private final NodeName home;
  private final int lookAhead;
  private final RandomGenerator random;
  private final Map<NodeName, Room> rooms = new LinkedHashMap<>();
  private final List<Assignment> assignments = new ArrayList<>();
  private final List<QueueHead> blocked = new ArrayList<>();

  private Placement(
      BalancePolicy policy,
      NodeName home,
      List<Room> rooms,
      int lookAhead,
      RandomGenerator random) {
    this.policy = policy;
    this.home = home;
    this.lookAhead = lookAhead;
    this.random = random;
    rooms.forEach(room -> this.rooms.put(room.state().name(), room));
  }

  /**
   * What a round of matching came to.
   *
   * @param assignments for the home, in the order of the queue
   * @param blocked heads that fit nowhere now, in order; those behind the look-ahead were not tried
   */
  public record Matches(List<Assignment> assignments, List<QueueHead> blocked) {}

  /**
   * One round.
   *
   * @param policy whose price decides
   * @param home where the queue is
   * @param heads in order
   * @param rooms what may be placed where; only hosts that are open and answer. Of full ones it
   *     matters that they are there: what has failed elsewhere waits for them
   * @param lookAhead how many heads are tried behind the first that fits nowhere: smaller ones get
   *     through, and the work of a round stays bounded
   * @param random for ties
   */
  public static Matches match(
      BalancePolicy policy,
      NodeName home,
      List<QueueHead> heads,
      List<Room> rooms,
      int lookAhead,
      RandomGenerator random) {
    Placement round = new Placement(policy, home, rooms, lookAhead, random);
    round.run(heads);
    return new Matches(List.copyOf(round.assignments), List.copyOf(round.blocked));
  }

  private void run(List<QueueHead> heads) {
    int behind = 0;
    for (QueueHead head : heads) {
      if (!blocked.isEmpty() && behind++ >= lookAhead) {
        return;
      }
      if (!place(head)) {
        blocked.add(head);
      }
    }
  }

  /** Whether all of it that may start now found room. */
  private boolean place(QueueHead head) {
    Resources request = head.spec().resources();
    int listed = head.tasks().stream().mapToInt(Run::size).sum();
    int tasks = Math.min(head.count(), listed);
    if (head.now()) {
      return spread(head, 0, tasks, room -> tasks) == tasks;
    }
    int placed = spread(head, 0, tasks, room -> room.fits(request));
    if (placed < tasks) {
      placed += spread(head, placed, tasks - placed, room -> room.fitsAhead(request));
    }
    return placed == tasks;
  }

  /** Places up to so many of its tasks behind the first ones; returns how many. */
  private int spread(QueueHead head, int done, int tasks, ToIntFunction<Room> most) {
    Resources request = head.spec().resources();
    Map<NodeName, Integer> fits = new LinkedHashMap<>();
    Set<NodeName> shunned = shunned(head);
    int room = 0;
    for (Room one : rooms.values()) {
      NodeName name = one.state().name();
      boolean allowed =
          head.spec().mayRunOn(name) && !head.avoid().contains(name) && !shunned.contains(name);
      int here = allowed ? most.applyAsInt(one) : 0;
      if (here > 0) {
        fits.put(name, here);
        room = (int) Math.min(Integer.MAX_VALUE, (long) room + here);
      }
    }
    int placed = Math.min(tasks, room);
    if (placed > 0) {
      List<Run> runs = behind(head.tasks(), done);
      for (var share : shares(request, head.id().number(), fits, room, placed).entrySet()) {
        int count = share.getValue();
        Room host = rooms.get(share.getKey());
        assignments.add(
            new Assignment(head.id().number(), first(runs, count), host.state().host()));
        runs = behind(runs, count);
        rooms.put(share.getKey(), host.with(request, count));
      }
    }
    return placed;
  }

  /** Where it has failed, if there is another node that may take it, now or later. */
  private Set<NodeName> shunned(QueueHead head) {
    if (head.shun().isEmpty() || head.now()) {
      return Set.of();
    }
    boolean other =
        rooms.keySet().stream()
            .anyMatch(
                name ->
                    head.spec().mayRunOn(name)
                        && !head.avoid().contains(name)
                        && !head.shun().contains(name));
    return other ? head.shun() : Set.of();
  }

  /** How many tasks each host gets: all together {@code tasks}, none more than fits, none zero. */
  private Map<NodeName, Integer> shares(
      Resources request, long turn, Map<NodeName, Integer> fits, int room, int tasks) {
    if (tasks == 1) {
      return Map.of(order(request, turn, fits).getFirst(), 1);
    }
    Map<NodeName, Integer> shares = new TreeMap<>();
    int given = 0;
    for (var fit : fits.entrySet()) {
      int whole = (int) ((long) tasks * fit.getValue() / room);
      shares.put(fit.getKey(), whole);
      given += whole;
    }
    // What is left over, one each: to the largest fractions, and of equal ones to the best.
    List<NodeName> rest = order(request, turn, fits);
    rest.sort(Comparator.comparingLong(name -> -((long) tasks * fits.get(name) % room)));
    for (NodeName name : rest) {
      if (given < tasks && shares.get(name) < fits.get(name)) {
        shares.merge(name, 1, Integer::sum);
        given++;
      }
    }
    shares.values().removeIf(count -> count == 0);
    return shares;
  }

  /** Hosts, best first for one more process. */
  private List<NodeName> order(Resources request, long turn, Map<NodeName, Integer> fits) {
    List<NodeState> states = fits.keySet().stream().map(name -> rooms.get(name).state()).toList();
    return Ranking.of(policy, home, states, request, turn, random);
  }

  private static List<Run> first(List<Run> runs, int count) {
    List<Run> taken = new ArrayList<>();
    int left = count;
    for (Run run : runs) {
      if (left > 0) {
        int here = Math.min(left, run.size());
        taken.add(new Run(run.from(), run.from() + here - 1));
        left -= here;
      }
    }
    return taken;
  }

  private static List<Run> behind(List<Run> runs, int count) {
    List<Run> rest = new ArrayList<>();
    int skip = count;
    for (Run run : runs) {
      int here = Math.min(skip, run.size());
      skip -= here;
      if (here < run.size()) {
        rest.add(new Run(run.from() + here, run.to()));
      }
    }
    return rest;
  }
}
