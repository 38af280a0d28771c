package dev.mosey.node.schedule;

import dev.mosey.node.schedule.KeptMode.Switches;
import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.Decision.Stay;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.policy.place.BestNodes;
import dev.mosey.policy.place.Credits.Credit;
import dev.mosey.policy.place.Placement;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Resources;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The scheduler's state while one question is asked. */
record Reading(
    Switches switches,
    MoveLedger ledger,
    Moves owned,
    Placing placing,
    Picture picture,
    BalancePolicy policy,
    long nowMillis,
    Map<String, Double> metrics)
    implements SchedulerView {
  @Override
  public String mode() {
    return switches.mode();
  }

  @Override
  public boolean stay() {
    return switches.stay();
  }

  @Override
  public List<MoveView> moves(ProcessId id, int limit) {
    return ledger.tail(id, limit);
  }

  @Override
  public Optional<Stay> stay(ProcessId id) {
    return Optional.ofNullable(owned.stays().get(id));
  }

  @Override
  public Set<ProcessId> moving() {
    return owned.moving();
  }

  @Override
  public List<WhyView.Candidate> candidates(JobSpec spec, Set<NodeName> avoid) {
    return Placement.explain(
        spec,
        avoid,
        placing.rooms(picture, nowMillis).stream()
            .sorted(Comparator.comparing(room -> room.state().name()))
            .toList());
  }

  @Override
  public List<BestNodes.Choice> best(Resources request, int count) {
    return BestNodes.choose(
        policy, List.copyOf(picture.exported(nowMillis).values()), request, count);
  }

  @Override
  public List<QueueHead> blocked() {
    return placing.blocked();
  }

  @Override
  public Map<NodeName, Credit> credits() {
    return placing.credits(nowMillis);
  }
}
