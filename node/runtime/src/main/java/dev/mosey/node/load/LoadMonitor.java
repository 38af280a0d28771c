package dev.mosey.node.load;

import dev.mosey.node.host.ProcessHost;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.load.TuneSet;
import dev.mosey.protocol.wire.Envelope;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Samples this machine, spreads what it knows by gossip, keeps the table of loads and the tunes:
 * what others may tell it.
 */
public final class LoadMonitor {
  private LoadMonitor() {}

  /** What a load monitor understands. */
  public sealed interface Command {}

  /** A gossip message. */
  public record Received(Envelope envelope) implements Command {}

  /** Own bodies, at once and without lag. */
  public record GuestsChanged(ProcessHost.Guests guests) implements Command {}

  /**
   * What waits at this node's home.
   *
   * @param waiting how many tasks
   * @param headPriority priority of the best of them; 0 when none waits
   * @param headSinceMillis since when it waits, epoch milliseconds
   */
  public record QueueChanged(long waiting, int headPriority, long headSinceMillis)
      implements Command {}

  /**
   * This node's switch, as it is to be gossiped: {@code open}, {@code blocked}, {@code draining}.
   */
  public record ModeChanged(String mode) implements Command {}

  /** Which nodes are members and which of them do not answer now. */
  public record MembersChanged(Set<NodeName> members, Set<NodeName> unreachable)
      implements Command {}

  /**
   * Changes tunes for the whole cluster, all of them or none.
   *
   * @param values by name; an empty value sets the default again
   * @param replyTo gets the set in force, or the refusals
   */
  public record SetTunes(Map<String, String> values, ActorRef<TunesAnswer> replyTo)
      implements Command {}

  /** Reads what it knows; the function must be quick and must not keep the view. */
  public record Read<T>(Function<LoadView, T> question, ActorRef<T> replyTo) implements Command {}

  /**
   * What came of a change of tunes.
   *
   * @param tunes in force now
   * @param refused by name of the tune, why in one line; when there is one, nothing was changed
   */
  public record TunesAnswer(TuneSet tunes, Map<String, String> refused) {}
}
