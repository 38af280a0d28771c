package dev.mosey.policy.guests;

/**
 * The bounds and times of a host.
 *
 * @param offerMillis a target that has not answered an offer by then is given up
 * @param takeMillis a target that has not taken the image by then is given up
 * @param reservationMillis how long room is kept for a guest that was accepted and has not come
 * @param reportMillis a report goes to each home concerned at least so often
 * @param lingerMillis how long reports go on to a home after its last guest has gone, so that the
 *     next one starts without a round trip
 * @param checkpointMillis so long before its lease ends a guest that can is checkpointed
 * @param sendsRemembered how many reports' sending times are kept for each home
 * @param reportGuestsMax guests in one report at most; those that have ended come last
 * @param aheadMillis so much work may be accepted beyond the slots, measured by how long guests ran
 *     here of late; 0 = none
 * @param aheadMax how many guests that is at most
 * @param aheadPatienceMillis what was accepted ahead and has no room by then goes back to its home
 */
public record GuestsSettings(
    long offerMillis,
    long takeMillis,
    long reservationMillis,
    long reportMillis,
    long lingerMillis,
    long checkpointMillis,
    int sendsRemembered,
    int reportGuestsMax,
    long aheadMillis,
    int aheadMax,
    long aheadPatienceMillis) {
  /** What {@code reference.conf} has as well. */
  public static final GuestsSettings USUAL =
      new GuestsSettings(5_000, 60_000, 90_000, 1_000, 60_000, 2_000, 256, 250, 150, 64, 500);
}
