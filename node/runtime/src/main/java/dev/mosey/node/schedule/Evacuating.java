package dev.mosey.node.schedule;

import dev.mosey.node.host.ProcessHost.MoveOutcome;
import dev.mosey.node.schedule.Scheduler.Evacuated;
import dev.mosey.policy.balance.StayReason;
import dev.mosey.protocol.id.ProcessId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.pekko.actor.typed.ActorRef;

/** One drain or expel under way: what it has tried, and for whom. */
final class Evacuating {
  private static final int ATTEMPTS_MAX = 3;

  final String reason;
  final long untilMillis;
  private final ActorRef<Evacuated> replyTo;
  private final Map<ProcessId, Integer> attempts = new HashMap<>();
  private final List<MoveOutcome> outcomes = new ArrayList<>();

  /** {@code untilMillis}: boot clock; after it what has found no place is left. */
  Evacuating(String reason, long untilMillis, ActorRef<Evacuated> replyTo) {
    this.reason = reason;
    this.untilMillis = untilMillis;
    this.replyTo = replyTo;
  }

  boolean mayTry(ProcessId id) {
    return attempts.getOrDefault(id, 0) < ATTEMPTS_MAX;
  }

  void tried(ProcessId id) {
    attempts.merge(id, 1, Integer::sum);
  }

  void ended(MoveOutcome outcome) {
    if (attempts.containsKey(outcome.id())) {
      outcomes.add(outcome);
    }
  }

  void answer(SortedMap<ProcessId, StayReason> left) {
    replyTo.tell(new Evacuated(List.copyOf(outcomes), left));
  }
}
