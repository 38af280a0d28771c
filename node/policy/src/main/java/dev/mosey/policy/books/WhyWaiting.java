package dev.mosey.policy.books;

import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import java.util.Map;

/**
 * Why a task waits.
 *
 * @param reason the first that holds
 * @param until when it begins ({@code BEGIN}, {@code RESTING}), epoch milliseconds; else 0
 * @param dependency on which job it waits ({@code DEPENDENCY}); else null
 * @param running how many of its job run ({@code AT_ONCE}); else 0
 * @param bound how many may ({@code AT_ONCE}); else 0
 * @param ahead jobs before it in the queue ({@code QUEUED}), counted to 10,000; else 0
 * @param refused nodes that lack what it needs, with their words
 * @param because why it is held ({@code HELD}, {@code FROZEN}), when nobody asked for that, or how
 *     it failed ({@code RESTING}); else null
 */
public record WhyWaiting(
    Reason reason,
    long until,
    JobId dependency,
    int running,
    int bound,
    int ahead,
    Map<NodeName, String> refused,
    String because) {
  /** Copies the map. */
  public WhyWaiting {
    refused = Map.copyOf(refused);
  }

  /** For a reason that needs no words. */
  public WhyWaiting(
      Reason reason,
      long until,
      JobId dependency,
      int running,
      int bound,
      int ahead,
      Map<NodeName, String> refused) {
    this(reason, until, dependency, running, bound, ahead, refused, null);
  }

  /** The reasons. */
  public enum Reason {
    /** It was submitted or put on hold. */
    HELD,
    /** It was frozen by hand. */
    FROZEN,
    /** It has failed, or comes from a backup, and is tried again, not before its time. */
    RESTING,
    /** Its time has not come. */
    BEGIN,
    /** A job on which it hangs has not ended. */
    DEPENDENCY,
    /** As many of its job run as may at once. */
    AT_ONCE,
    /** It may start; the scheduler has found no room, or others are before it. */
    QUEUED
  }
}
