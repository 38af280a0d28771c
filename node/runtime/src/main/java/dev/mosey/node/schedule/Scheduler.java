package dev.mosey.node.schedule;

import dev.mosey.node.host.ProcessHost;
import dev.mosey.node.load.LoadSnapshot;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.load.TuneSet;
import dev.mosey.protocol.wire.Envelope;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Places what waits at this node's home, invites work to this node, and owns every move away from
 * it: what others may tell it.
 */
public final class Scheduler {
  private Scheduler() {}

  /** What a scheduler understands. */
  public sealed interface Command {}

  /** An invitation from a host. */
  public record Received(Envelope envelope) implements Command {}

  /**
   * The best of what waits at this node's home, and how many wait in all.
   *
   * @param heads in order, bounded
   * @param waiting all of them
   */
  public record QueueChanged(List<QueueHead> heads, long waiting) implements Command {}

  /** What runs here. */
  public record GuestsChanged(ProcessHost.Guests guests) implements Command {}

  /** The table of loads. */
  public record LoadsChanged(LoadSnapshot loads) implements Command {}

  /** New tunes are in force. */
  public record TunesChanged(TuneSet tunes) implements Command {}

  /** Which nodes are members and which of them do not answer now. */
  public record MembersChanged(Set<NodeName> members, Set<NodeName> unreachable)
      implements Command {}

  /**
   * By hand, drain or expel: the differential, locks and residency do not count.
   *
   * @param id the process, which runs here
   * @param target where to; null = the best other node
   * @param reason word of the move ledger: {@code hand}, {@code home}, ...
   * @param replyTo told once, when the move has ended in any way
   */
  public record Move(
      ProcessId id, NodeName target, String reason, ActorRef<ProcessHost.MoveOutcome> replyTo)
      implements Command {}

  /**
   * Switches this node; kept over restarts.
   *
   * @param mode {@code open}, {@code blocked} (no guests) or {@code draining}; null = as it is
   * @param stay whether its processes stay when the balancer would move them; null = as it is
   * @param replyTo told what is in force now, in one line
   */
  public record SetMode(String mode, Boolean stay, ActorRef<String> replyTo) implements Command {}

  /**
   * Move everything that can move to other nodes, as {@code expel} and {@code drain} do.
   *
   * @param reason word of the move ledger
   * @param replyTo told when nothing more can be moved
   */
  public record Evacuate(String reason, ActorRef<Evacuated> replyTo) implements Command {}

  /** Reads what it knows; the function must be quick and must not keep the view. */
  public record Read<T>(Function<SchedulerView, T> question, ActorRef<T> replyTo)
      implements Command {}

  /**
   * What came of an evacuation.
   *
   * @param moves each that was tried
   * @param left what still runs here
   */
  public record Evacuated(List<ProcessHost.MoveOutcome> moves, List<ProcessId> left) {}
}
