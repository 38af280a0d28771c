package dev.mosey.node.schedule;

import dev.mosey.policy.balance.Decision.Stay;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.policy.place.BestNodes;
import dev.mosey.policy.place.Credits.Credit;
import dev.mosey.protocol.api.LinkView;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Resources;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What a scheduler knows, for readers; valid only while the question is asked. */
public interface SchedulerView {
  /** {@code open}, {@code blocked} or {@code draining}. */
  String mode();

  /** Whether the processes here stay when the balancer would move them. */
  boolean stay();

  /**
   * The end of the move ledger, newest first.
   *
   * @param id only of this process; null = of all
   */
  List<MoveView> moves(ProcessId id, int limit);

  /** What moves from here to other nodes cost, as far as it is known. */
  List<LinkView> links();

  /** Why a process that runs here stayed in the last round of balancing. */
  Optional<Stay> stay(ProcessId id);

  /** Which of the processes that run here are moving away now. */
  Set<ProcessId> moving();

  /**
   * Whether a waiting task of this job could start on each node now, one line each.
   *
   * @param refused nodes that lack what it needs, with their words
   */
  List<WhyView.Candidate> candidates(JobSpec spec, Map<NodeName, String> refused);

  /**
   * Why no node of the cluster could run this job, busy or not; empty while one could, or may when
   * more is known of it.
   */
  Optional<String> hopeless(JobSpec spec);

  /**
   * Where so many new processes would go, and why; shorter when nothing has room.
   *
   * @param allowed which nodes count
   */
  List<BestNodes.Choice> best(Resources request, int count, Predicate<NodeName> allowed);

  /** Heads of this home's queue that found no room in the last round of placing. */
  List<QueueHead> blocked();

  /** What this home may place on each host now. */
  Map<NodeName, Credit> credits();

  /** Whether the moves of this node pay, in one line. */
  String movesPay();

  /** Counters and gauges by their Prometheus name, {@code mosey_...}. */
  Map<String, Double> metrics();
}
