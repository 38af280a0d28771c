package dev.mosey.node.schedule;

import dev.mosey.node.schedule.KeptMode.Switches;
import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.Decision.Stay;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.policy.place.BestNodes;
import dev.mosey.policy.place.Credits.Credit;
import dev.mosey.policy.place.Obstacles;
import dev.mosey.policy.place.Room;
import dev.mosey.protocol.api.LinkView;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Resources;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The scheduler's state while one question is asked. */
record Reading(
    Switches switches,
    MoveLedger ledger,
    Moves owned,
    Placing placing,
    Picture picture,
    BalancePolicy policy,
    NodeName self,
    long nowMillis,
    long wallMillis,
    Map<String, Double> metrics)
    implements SchedulerView {
  @Override
  public List<LinkView> links() {
    return owned.costs().all(Instant.ofEpochMilli(wallMillis)).entrySet().stream()
        .map(entry -> entry.getValue().view(self.value(), entry.getKey().value()))
        .toList();
  }

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
  public List<WhyView.Candidate> candidates(JobSpec spec, Map<NodeName, String> refused) {
    return Obstacles.explain(spec, refused, rooms());
  }

  private List<Room> rooms() {
    return placing.rooms(picture, nowMillis).stream()
        .sorted(Comparator.comparing(room -> room.state().name()))
        .toList();
  }

  @Override
  public Optional<String> hopeless(JobSpec spec) {
    List<Room> rooms = rooms();
    Set<NodeName> unknown = new TreeSet<>(picture.hosts());
    rooms.forEach(room -> unknown.remove(room.state().name()));
    boolean mayTurnOut = unknown.stream().anyMatch(spec::mayRunOn);
    return mayTurnOut ? Optional.empty() : Obstacles.hopeless(spec, rooms);
  }

  @Override
  public List<BestNodes.Choice> best(Resources request, int count, Predicate<NodeName> allowed) {
    return BestNodes.choose(
        policy,
        picture.exported(nowMillis).values().stream()
            .filter(state -> allowed.test(state.name()))
            .toList(),
        request,
        count);
  }

  @Override
  public List<QueueHead> blocked() {
    return placing.blocked();
  }

  @Override
  public String movesPay() {
    return owned.audit().sentence();
  }

  @Override
  public Map<NodeName, Credit> credits() {
    return placing.credits(nowMillis);
  }
}
