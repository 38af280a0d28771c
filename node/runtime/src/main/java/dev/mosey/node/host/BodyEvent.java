package dev.mosey.node.host;

import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.wire.Report.RefusalCode;

/** What a {@link Body} tells the actor that drives it. */
sealed interface BodyEvent {
  /** It runs. */
  record Started() implements BodyEvent {}

  /** It was not started and will not be. */
  record Refused(RefusalCode code, String why) implements BodyEvent {}

  /** It has written to stream 1 (standard output) or 2 (standard error). */
  record Output(int stream, byte[] bytes) implements BodyEvent {}

  /** What it says of itself. */
  record Progress(String line) implements BodyEvent {}

  /** What it uses now. */
  record Usage(long cpuMillis, long rssBytes) implements BodyEvent {}

  /**
   * Stands still at a safe point.
   *
   * @param request which wish this answers
   * @param packed its state, or null when it would begin again elsewhere
   */
  record Paused(int request, Packed packed) implements BodyEvent {}

  /** Runs on, or will: the pause was refused. */
  record NotPaused(int request, String why) implements BodyEvent {}

  /** Took a checkpoint and runs on. */
  record Checkpointed(Packed packed) implements BodyEvent {}

  /**
   * It has ended; all its output has been told.
   *
   * @param exit how
   * @param cpuMillis processor time in all
   */
  record Ended(Exit exit, long cpuMillis) implements BodyEvent {}

  /**
   * It was ended by no doing of its own or its user's, nor for its lease: the keeper is gone.
   * Nothing of it runs any more.
   */
  record Lost(String why, long cpuMillis) implements BodyEvent {
    /**
     * Ended by its keeper when its lease was over: that is no end of its own, also where a renewal
     * came in the same moment.
     */
    static Lost leaseLapsed(long cpuMillis) {
      return new Lost("its lease lapsed", cpuMillis);
    }
  }

  /**
   * A packed state, durable in this node's blobs.
   *
   * @param blob the image
   * @param format of the image
   * @param stdout how much this body had written by then since it was made, in bytes; -1 = all that
   *     has been told
   * @param stderr the same for standard error
   */
  record Packed(Blob blob, String format, long stdout, long stderr) {}
}
