package dev.mosey.policy.balance;

import java.util.Locale;

/**
 * Whether moves pay: what they were predicted to gain beside what they did. After each move that
 * has been judged it keeps decaying means of both; when the realised gain falls short, moves must
 * gain more than usual before they are made, and the shortfall says how much more. Moves that pay
 * again, or time without any, bring it back. Pure and immutable.
 *
 * @param predictedSeconds decayed mean of the predicted gains
 * @param realisedSeconds decayed mean of the realised gains, costs already taken off; may be
 *     negative
 * @param judged how many moves have been judged
 * @param caution by how much more than usual a move must gain, 1 to {@value #CAUTION_MOST}
 * @param sinceMillis when caution last changed
 */
public record MoveAudit(
    double predictedSeconds,
    double realisedSeconds,
    long judged,
    double caution,
    long sinceMillis) {
  /** The most caution there is. */
  public static final double CAUTION_MOST = 16;

  /** Nothing known: moves are trusted. */
  public static final MoveAudit TRUSTING = new MoveAudit(0, 0, 0, 1, 0);

  /** The weight of the newest move. */
  private static final double NEWEST = 0.125;

  /** Fewer moves than this prove nothing. */
  private static final int JUDGED_LEAST = 8;

  /** Moves pay when at least this part of what was predicted comes true. */
  private static final double PAYS = 0.25;

  /** After so long without a change caution is halved: what was true then may be so no longer. */
  private static final long FORGET_MILLIS = 60_000;

  /**
   * One more move has been judged.
   *
   * @param predicted its gain as predicted, seconds
   * @param realised what it gained in fact, its pause taken off; may be negative
   */
  public MoveAudit judged(double predicted, double realised, long nowMillis) {
    double weight = Math.max(NEWEST, 1.0 / (judged + 1));
    double expected = predictedSeconds + weight * (predicted - predictedSeconds);
    double real = realisedSeconds + weight * (realised - realisedSeconds);
    if (judged + 1 < JUDGED_LEAST) {
      return new MoveAudit(expected, real, judged + 1, caution, sinceMillis);
    }
    double wanted = caution;
    if (real < PAYS * expected) {
      wanted = Math.min(CAUTION_MOST, caution * 2);
    } else if (real >= 2 * PAYS * expected) {
      wanted = Math.max(1, caution / 2);
    }
    if (wanted == caution) {
      return new MoveAudit(expected, real, judged + 1, caution, sinceMillis);
    }
    // Judged anew from here: the moves that led to this must not lead to more of it.
    return new MoveAudit(expected, real, 0, wanted, nowMillis);
  }

  /** As time passes without a change. */
  public MoveAudit at(long nowMillis) {
    return caution > 1 && nowMillis - sinceMillis >= FORGET_MILLIS
        ? new MoveAudit(0, 0, 0, Math.max(1, caution / 2), nowMillis)
        : this;
  }

  /** One line for users. */
  public String sentence() {
    if (caution > 1) {
      return String.format(
          Locale.ROOT,
          "moves have not paid lately (%.1f s gained of %.1f s predicted): they must gain %.0f"
              + " times as much as usual",
          realisedSeconds,
          predictedSeconds,
          caution);
    }
    return judged == 0
        ? "no move has been judged yet"
        : String.format(
            Locale.ROOT,
            "moves pay: %.1f s gained of %.1f s predicted",
            realisedSeconds,
            predictedSeconds);
  }
}
