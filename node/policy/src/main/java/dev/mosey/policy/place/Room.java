package dev.mosey.policy.place;

import dev.mosey.policy.balance.NodeState;
import dev.mosey.protocol.job.Resources;

/**
 * What one home may place on one host now.
 *
 * @param state the host as the table of loads knows it
 * @param slots processes more, at most
 * @param free resources
 */
public record Room(NodeState state, int slots, Resources free) {
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

  /** After so many tasks with this request have been placed. */
  Room with(Resources request, int tasks) {
    NodeState then = state;
    Resources left = free;
    for (int i = 0; i < tasks; i++) {
      then = then.withArrival(request);
      left = left.minus(request);
    }
    return new Room(then, slots - tasks, left);
  }
}
