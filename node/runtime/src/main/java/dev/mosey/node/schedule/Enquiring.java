package dev.mosey.node.schedule;

import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.policy.place.Enquiries;
import dev.mosey.protocol.id.NodeName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** The enquiries of this node's home: whom it has asked, and for how long it waits for them. */
final class Enquiring {
  /** Who has not answered is not asked again for so long. */
  private static final long AGAIN_MILLIS = 500;

  private final NodeName self;
  private final int most;
  private final long patienceMillis;
  private final Set<NodeName> open = new HashSet<>();
  private final Map<NodeName, Long> askedMillis = new HashMap<>();
  private boolean asked;
  private long untilMillis;
  private long sent;

  Enquiring(NodeName self, ScheduleSettings settings) {
    this.self = self;
    this.most = settings.enquiries();
    this.patienceMillis = settings.enquiryPatience().toMillis();
  }

  /**
   * Whom to ask for the first of these; none while others are asked, just after that (what is known
   * then must do), or when enough is known.
   */
  List<NodeName> begin(
      List<QueueHead> heads,
      Map<NodeName, NodeState> states,
      Predicate<NodeName> invited,
      BalancePolicy policy,
      RandomGenerator random,
      long nowMillis) {
    if (most == 0 || waits(nowMillis)) {
      return List.of();
    }
    open.clear();
    if (asked) {
      asked = false;
      return List.of();
    }
    askedMillis.values().removeIf(at -> nowMillis - at > AGAIN_MILLIS);
    QueueHead head = heads.getFirst();
    List<NodeState> candidates =
        states.values().stream()
            .filter(state -> state.open() && head.spec().mayRunOn(state.name()))
            .filter(state -> !head.avoid().contains(state.name()))
            .toList();
    int tasks = heads.size() > 1 ? heads.size() : head.count();
    List<NodeName> whom =
        Enquiries.whom(
                policy, self, candidates, invited, head.spec().resources(), tasks, most, random)
            .stream()
            .filter(name -> !askedMillis.containsKey(name))
            .toList();
    for (NodeName name : whom) {
      open.add(name);
      askedMillis.put(name, nowMillis);
    }
    asked = !whom.isEmpty();
    untilMillis = nowMillis + patienceMillis;
    sent += whom.size();
    return whom;
  }

  /** Whether answers are still waited for. */
  boolean waits(long nowMillis) {
    return !open.isEmpty() && nowMillis < untilMillis;
  }

  void answered(NodeName host) {
    open.remove(host);
  }

  /** How many have been sent. */
  long sent() {
    return sent;
  }
}
