package dev.mosey.policy.place;

import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.load.Loads;
import dev.mosey.protocol.job.Resources;

/**
 * What one home may place on one host now.
 *
 * @param state the host as the table of loads knows it
 * @param slots processes more, at most
 * @param free resources
 * @param ahead processes beyond that which it takes because those there end within moments
 */
public record Room(NodeState state, int slots, Resources free, int ahead) {
  /** How many tasks with this request fit. */
  public int fits(Resources request) {
    double most = slots;
    for (var amount : request.amounts().entrySet()) {
      if (amount.getValue() > 0) {
        most = Math.min(most, Math.floor(available(amount.getKey()) / amount.getValue() + 1e-9));
      }
    }
    return (int) Math.max(0, most);
  }

  /** What is left of a resource: not promised, and of memory no more than is really there. */
  double available(String resource) {
    return state.really(resource, free);
  }

  /**
   * How many tasks with this request may come ahead of room. Who asks for more than a core may have
   * to wait for more than one of those there to end, and goes where it fits.
   */
  int fitsAhead(Resources request) {
    boolean usual =
        request.cores() <= Loads.USUAL_DEMAND
            && request.amounts().keySet().stream().allMatch(Resources.CORES::equals);
    return usual ? ahead : 0;
  }

  /** After so many tasks with this request have been placed. */
  Room with(Resources request, int tasks) {
    NodeState then = state.withArrivals(request, tasks);
    Resources left = free.minus(request.times(tasks));
    return new Room(then, Math.max(0, slots - tasks), left, ahead - Math.max(0, tasks - slots));
  }
}
