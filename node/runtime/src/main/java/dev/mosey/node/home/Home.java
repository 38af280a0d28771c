package dev.mosey.node.home;

import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import dev.mosey.policy.books.Effect;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.protocol.api.EventView;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Envelope;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;

/** The books of the processes born here, and the queue: what others may tell it. */
public final class Home {
  private Home() {}

  /** Opens the books and keeps them until {@link Stop}. */
  public static Behavior<Command> create(HomeParts parts) {
    return HomeActor.create(parts);
  }

  /** What a home understands. */
  public sealed interface Command {}

  /** A report or a chunk of output from a host. */
  public record Received(Envelope envelope) implements Command {}

  /**
   * A user's wish; answered after its sync, or at once when it is refused. Never answered when the
   * node ends before; whoever asks again must use the same key.
   */
  public record Ask(BooksCommand command, ActorRef<BooksReply> replyTo) implements Command {}

  /** What another part of this node has found out or decided; nobody waits for an answer. */
  public record Learnt(BooksCommand command) implements Command {}

  /** Reads the books between two writes; the function must be quick and must not keep them. */
  public record Read<T>(Function<HomeView, T> question, ActorRef<T> replyTo) implements Command {}

  /** Which nodes are members and which of them answer now. */
  public record MembersChanged(Set<NodeName> members, Set<NodeName> unreachable)
      implements Command {}

  /** Decayed core-seconds by user over the whole cluster, for the order of the queue. */
  public record SharesChanged(Map<String, Double> shares) implements Command {}

  /**
   * From now on {@code observer} is told of every change of the queue, the first time at once. It
   * is called by the home's thread and must only pass it on.
   */
  public record Observe(Consumer<Queue> observer) implements Command {}

  /**
   * From now on {@code follower} is told what happens to the jobs of this home, in order, once it
   * is on the disk. It is called by the home's thread and must only pass it on.
   */
  public record Follow(Consumer<List<EventView>> follower) implements Command {}

  /** Answered as soon as the books are open. */
  public record WhenOpen(ActorRef<BooksId> replyTo) implements Command {}

  /** How the books are, answered at once, whatever goes on. */
  public record Inspect(ActorRef<Condition> replyTo) implements Command {}

  /**
   * How the books are.
   *
   * @param open whether they take and answer requests
   * @param closing whether the node shuts down
   * @param pending requests that wait for the next write
   * @param lag ended tasks that the history lacks
   */
  public record Condition(boolean open, boolean closing, int pending, int lag) {}

  /**
   * Finishes what waits, writes a snapshot and ends; answered when everything is on the disk. What
   * comes after it is refused.
   */
  public record Stop(ActorRef<Done> replyTo) implements Command {}

  /**
   * What waits.
   *
   * @param heads the best of what may start now, in order, bounded
   * @param waiting how many tasks wait in all
   */
  public record Queue(List<QueueHead> heads, long waiting) {
    /** Copies the list. */
    public Queue {
      heads = List.copyOf(heads);
    }
  }

  /** Time to look after lapses. */
  record Tick() implements Command {}

  /** The entity has its books; what the history lacks, and who writes output now. */
  record Recovered(SortedMap<Long, List<HistoryRow>> unprojected, List<Beginning> placed)
      implements Command {}

  /** An answer that may go out now. */
  record Answer(ActorRef<BooksReply> replyTo, BooksReply reply) {
    void send() {
      replyTo.tell(reply);
    }
  }

  /**
   * A batch is on the disk.
   *
   * @param sequenceNumber of its record; 0 when there was nothing to write
   * @param queue null when it has not changed
   * @param news for those who watch
   * @param lag rows that the history lacks
   */
  record Committed(
      long batch,
      List<Answer> answers,
      List<Effect> effects,
      List<Beginning> beginnings,
      Queue queue,
      BooksId books,
      long sequenceNumber,
      List<HistoryRow> rows,
      List<EventView> news,
      int lag)
      implements Command {}

  /** A batch could not be decided, because of a fault in this program. */
  record Poisoned(long batch, RuntimeException bug) implements Command {}

  /** The entity has ended: its write failed, or it was asked to. */
  record EntityEnded() implements Command {}

  /** After a wait: open the books again. */
  record Reopen() implements Command {}

  /** A snapshot is on the disk. */
  record SnapshotTaken(Keep keep) implements Command {}

  /** The last snapshot is on the disk. */
  record Closed() implements Command {}

  /** More output of these is on the disk. */
  record OutputSynced(Set<ProcessId> processes) implements Command {}

  /** The history has everything up to this record. */
  record Projected(long sequenceNumber) implements Command {}
}
