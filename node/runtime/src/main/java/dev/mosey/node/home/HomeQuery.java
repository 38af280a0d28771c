package dev.mosey.node.home;

import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.JobView.State;
import java.time.Instant;
import java.util.Set;

/**
 * Which jobs a list is to have.
 *
 * @param states wanted; empty = any
 * @param user wanted, or null
 * @param elements a row for each task instead of one for each array
 * @param ended what has ended too, after what has not
 * @param newest newest first, instead of the queue's order
 * @param since only what ended then or later, or null
 * @param until only what ended before, or null
 * @param limit at most so many
 * @param after where the page before ended, or null
 */
public record HomeQuery(
    Set<State> states,
    String user,
    boolean elements,
    boolean ended,
    boolean newest,
    Instant since,
    Instant until,
    int limit,
    String after) {
  /** Copies the set. */
  public HomeQuery {
    states = Set.copyOf(states);
  }

  /** Everything that has not ended, in the queue's order. */
  public static HomeQuery live(int limit) {
    return new HomeQuery(Set.of(), null, false, false, false, null, null, limit, null);
  }

  /**
   * Checks the place to begin.
   *
   * @throws IllegalArgumentException when no list of what lives has ended there
   */
  public void checkPlace() {
    if (after != null) {
      ListPlace.parse(after);
    }
  }

  /** Whether state, user and end are as wanted. */
  boolean wants(JobView view) {
    return (states.isEmpty() || isIn(view))
        && (user == null || user.equals(view.user()))
        && (until == null || view.ended() == null || view.ended().isBefore(until));
  }

  /** An array that goes on is in every state in which some of its tasks are, ends excepted. */
  private boolean isIn(JobView view) {
    return states.contains(History.stateOf(view))
        || (view.tasks() != null
            && states.stream().anyMatch(s -> !s.isEnd() && view.tasks().containsKey(s.word())));
  }

  HomeQuery from(String place, int most) {
    return new HomeQuery(states, user, elements, ended, newest, since, until, most, place);
  }
}
