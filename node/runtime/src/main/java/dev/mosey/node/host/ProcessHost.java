package dev.mosey.node.host;

import dev.mosey.node.cluster.Post;
import dev.mosey.node.config.BootClock;
import dev.mosey.node.keeper.Keeper;
import dev.mosey.node.store.BlobStore;
import dev.mosey.node.stream.BlobSource;
import dev.mosey.policy.guests.Capacity;
import dev.mosey.policy.guests.GuestsSettings;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Envelope;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;

/** Runs the processes that are placed on this node: what others may tell it, and what it tells. */
public final class ProcessHost {
  private ProcessHost() {}

  /**
   * The process host of a node. Everything of earlier sessions has ended by now.
   *
   * @param parts what it works with
   */
  public static Behavior<Command> create(Parts parts) {
    return HostActor.create(parts);
  }

  /**
   * What a process host works with.
   *
   * @param post sends to homes and hosts
   * @param keeper runs the bodies; ended by whoever started it
   * @param blobs this node's blobs
   * @param source brings blobs of other nodes
   * @param memory what outlives the daemon
   * @param bootClock the clock of the leases
   * @param clock wall clock
   * @param directory for the processes' own directories; its content is deleted
   * @param capacity how much the node takes
   * @param settings the bounds
   * @param guests times of leases, reports and moves
   * @param rules of "at most one": {@link Rules#SAFE}
   * @param passing told of each effect before it is done
   * @param carried what the daemon before this one has handed over, or null
   */
  public record Parts(
      Post post,
      Keeper keeper,
      BlobStore blobs,
      BlobSource source,
      HostMemory memory,
      BootClock bootClock,
      InstantSource clock,
      Path directory,
      Capacity capacity,
      HostSettings settings,
      GuestsSettings guests,
      Rules rules,
      Consumer<Object> passing,
      HandedOver carried) {}

  /** What a process host understands. */
  public sealed interface Command
      permits Received,
          MoveOut,
          Watch,
          WatchWishes,
          Look,
          BlobsInUse,
          CapacityChanged,
          Checkpoint,
          Freeze,
          ModeChanged,
          MemberChanged,
          ShutDown,
          HandOver,
          Internal {}

  /** What only the actor tells itself. */
  non-sealed interface Internal extends Command {}

  /** Orders, chunks taken, offers, images: from homes and other hosts. */
  public record Received(Envelope envelope) implements Command {}

  /**
   * Give a process away: the only way in which a move begins.
   *
   * @param id the process, which runs here
   * @param target to which node
   * @param reason one word of the move ledger
   * @param predictedGainSeconds what the policy expects, 0 by hand
   * @param replyTo told once, when the move has ended in any way
   */
  public record MoveOut(
      ProcessId id,
      NodeName target,
      String reason,
      double predictedGainSeconds,
      ActorRef<MoveOutcome> replyTo)
      implements Command {}

  /** From now on {@code watcher} is told all guests after every change, coalesced. */
  public record Watch(ActorRef<Guests> watcher) implements Command {}

  /** From now on {@code watcher}, the scheduler, is told what users wish to be moved. */
  public record WatchWishes(ActorRef<MoveWish> watcher) implements Command {}

  /** Tells all guests once. */
  public record Look(ActorRef<Guests> replyTo) implements Command {}

  /** Tells the names of all blobs that are needed here: a sweep of the blobs must keep them. */
  public record BlobsInUse(ActorRef<Set<String>> replyTo) implements Command {}

  /** Other bounds of what the node takes. */
  public record CapacityChanged(Capacity capacity) implements Command {}

  /** Take a checkpoint of a process that can, and run on; what can't is left alone. */
  public record Checkpoint(ProcessId id) implements Command {}

  /** Pack it and let it leave to the queue; what can't be packed now is left alone. */
  public record Freeze(ProcessId id, FrozenBy by) implements Command {}

  /** Whether it takes new guests: {@code open}, {@code blocked}, {@code draining}. */
  public record ModeChanged(String mode) implements Command {}

  /**
   * A node is a member again, unreachable, or gone: reports are sent and moves given up
   * accordingly.
   */
  public record MemberChanged(NodeName node, boolean reachable) implements Command {}

  /**
   * End everything in order: checkpoint what can be, stop the rest with grace; {@code replyTo} is
   * told when nothing runs any more.
   */
  public record ShutDown(ActorRef<Integer> replyTo) implements Command {}

  /**
   * Hand all to the daemon that takes this one's place: what can't be handed over leaves. After a
   * refusal only {@link ShutDown} is of use.
   *
   * @param ready how long what is in the middle of something may take to come to its end
   * @param patience how long the bodies wait for the next daemon
   */
  public record HandOver(Duration ready, Duration patience, ActorRef<Handing> replyTo)
      implements Command {}

  /**
   * The answer to {@link HandOver}.
   *
   * @param over what the next daemon is to have, or null
   * @param refused why nothing can be handed over, or null
   */
  public record Handing(HandedOver over, String refused) {}

  /**
   * How a move ended.
   *
   * @param id the process
   * @param target where it was to go
   * @param failed null when it has been journalled as moved, else why not in one line
   * @param pauseMillis how long it stood still at the source until the home had placed it
   */
  public record MoveOutcome(ProcessId id, HostId target, String failed, double pauseMillis) {}

  /**
   * A user wishes a process elsewhere.
   *
   * @param id the process
   * @param target where to, or null for anywhere else
   * @param reason one word of the move ledger
   */
  public record MoveWish(ProcessId id, NodeName target, String reason) {}

  /**
   * One guest as the scheduler sees it.
   *
   * @param id the process
   * @param incarnation which
   * @param spec what it is
   * @param phase {@code preparing}, {@code running}, {@code offered} (runs on until the target has
   *     answered), {@code moving}, {@code arriving} (reserved for a move to here), {@code left}
   * @param arrivedAtMillis when it came to this node, epoch milliseconds
   * @param cpuMillis processor time here so far
   * @param rssBytes resident memory
   * @param imageBytes size of its last image, or an estimate
   */
  public record GuestView(
      ProcessId id,
      int incarnation,
      JobSpec spec,
      String phase,
      long arrivedAtMillis,
      long cpuMillis,
      long rssBytes,
      long imageBytes) {}

  /**
   * All that is here now; sent to the scheduler and the load monitor after every change, coalesced.
   *
   * @param guests every guest
   * @param free resources not reserved
   * @param freeSlots how many processes more it would take
   * @param ahead how many it would take beyond that, because those here end within moments
   * @param placedByHome how many incarnations placed by each home it has ever accepted in this
   *     session: see Invitation
   */
  public record Guests(
      List<GuestView> guests,
      Resources free,
      int freeSlots,
      int ahead,
      Map<NodeName, Long> placedByHome) {}
}
