package dev.mosey.policy.balance;

/**
 * What one move gains, as the node that it left sees it: how slow that node would be had it kept
 * what it gave away, beside how slow the target is. Every second there is worth slowness here /
 * slowness there seconds here, the pause taken off. Pure and immutable.
 *
 * @param predictedSeconds its gain as predicted
 * @param expectedMillis how long it was expected to run there: the remaining time that the policy
 *     assumed less the gain
 * @param pauseSeconds for which it stood still
 * @param sinceMillis when it had moved
 * @param seenMillis until when loads have been seen
 * @param savedSeconds gained until then, the pause not taken off; may be negative
 */
public record MoveGain(
    double predictedSeconds,
    double expectedMillis,
    double pauseSeconds,
    long sinceMillis,
    long seenMillis,
    double savedSeconds) {
  /** No move is watched for longer; what it gained by then stands for the rest. */
  public static final long WATCHED_MILLIS_MAX = 600_000;

  private static final double EXPECTED_MILLIS_LEAST = 1_000;

  /**
   * What came of a move.
   *
   * @param predictedSeconds what was to be gained in the time that was watched: all of it when the
   *     process ended sooner than expected
   * @param realisedSeconds what was gained in it, the pause taken off; may be negative
   * @param watchedSeconds for how long the process was watched there
   */
  public record Verdict(double predictedSeconds, double realisedSeconds, double watchedSeconds) {}

  /**
   * A move has just been made.
   *
   * @param remainingSeconds the remaining time at its old place that the policy assumed
   */
  public static MoveGain made(
      double predictedSeconds, double remainingSeconds, double pauseSeconds, long nowMillis) {
    double expected = (remainingSeconds - predictedSeconds) * 1_000;
    return new MoveGain(
        predictedSeconds,
        Math.max(EXPECTED_MILLIS_LEAST, expected),
        pauseSeconds,
        nowMillis,
        nowMillis,
        0);
  }

  /**
   * From when it was last seen until now it was so slow there and would have been so slow here.
   *
   * @param here seconds for one second's work, above 0
   * @param there the same
   */
  public MoveGain seen(double here, double there, long nowMillis) {
    double seconds = Math.max(0, nowMillis - seenMillis) / 1_000.0;
    return new MoveGain(
        predictedSeconds,
        expectedMillis,
        pauseSeconds,
        sinceMillis,
        nowMillis,
        savedSeconds + seconds * (here / there - 1));
  }

  /** Whether it has been watched for as long as it was expected to run, or long enough. */
  public boolean due(long nowMillis) {
    return nowMillis - sinceMillis >= Math.min(expectedMillis, WATCHED_MILLIS_MAX);
  }

  /** The verdict while it still runs there. */
  public Verdict judged() {
    double watched = seenMillis - sinceMillis;
    double part = Math.min(1, watched / expectedMillis);
    return new Verdict(predictedSeconds * part, savedSeconds - pauseSeconds, watched / 1_000);
  }

  /** The verdict on what ended, or left there, at that time: all of the gain was due by then. */
  public Verdict ended(long atMillis) {
    double seen = Math.max(1, seenMillis - sinceMillis);
    double stayed = Math.clamp((double) (atMillis - sinceMillis), 0, seen);
    return new Verdict(
        predictedSeconds, savedSeconds * stayed / seen - pauseSeconds, stayed / 1_000);
  }
}
