package dev.mosey.protocol.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.mosey.protocol.job.Exit;
import java.time.Instant;

/**
 * Something that happened, as {@code /mosey/v1/events} tells it. Field names are stable; fields are
 * only ever added, and so are kinds. What is absent does not apply.
 *
 * @param event what: {@code job-submitted}, {@code job-started} (given to a host), {@code
 *     job-moved}, {@code job-requeued} (waits again), {@code job-changed} (held, released, ordered,
 *     cancelled, retried: {@code reason} says which), {@code job-ended}; {@code move} (a line of
 *     the move ledger, failed ones among them); {@code tunes-changed}; {@code node-up}, {@code
 *     node-away}; {@code reread} (events before this one are lost: read the lists again)
 * @param at when
 * @param node who says so: the home of a job, the source of a move
 * @param job the job
 * @param tasks which of its elements, as {@code 1-9,12} or {@code 1-9:2}; absent: all of it
 * @param count how many tasks; 1 for a job of one task
 * @param name of the job, as given at submit
 * @param user whose it is
 * @param state of these tasks from now on, as a job's {@code state} has it; of a move its outcome
 * @param from the host that had it
 * @param to the host that has it now; the node of a {@code node-} event
 * @param incarnation of the process
 * @param exit how it ended
 * @param reason why, in one line
 * @param pauseSeconds how long a moved process stood still
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EventView(
    String event,
    Instant at,
    String node,
    String job,
    String tasks,
    Integer count,
    String name,
    String user,
    String state,
    String from,
    String to,
    Integer incarnation,
    Exit exit,
    String reason,
    Double pauseSeconds) {
  /** The kind of an event that stands for those that are lost. */
  public static final String REREAD = "reread";

  /** Events before this one are lost. */
  public static EventView reread(Instant at, String node, String reason) {
    return new EventView(
        REREAD, at, node, null, null, null, null, null, null, null, null, null, null, reason, null);
  }

  /** A node can be reached, or can't any more. */
  public static EventView node(String event, Instant at, String self, String node) {
    return new EventView(
        event, at, self, null, null, null, null, null, null, null, node, null, null, null, null);
  }

  /** Tunes were changed at that node: which, from what to what. */
  public static EventView tuned(Instant at, String self, String changes) {
    return new EventView(
        "tunes-changed",
        at,
        self,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        changes,
        null);
  }

  /** A line of the move ledger. */
  public static EventView move(Instant at, String self, MoveView move) {
    return new EventView(
        "move",
        at,
        self,
        move.id(),
        null,
        null,
        null,
        null,
        move.outcome(),
        move.from(),
        move.to(),
        null,
        null,
        move.reason(),
        move.pauseSeconds());
  }
}
