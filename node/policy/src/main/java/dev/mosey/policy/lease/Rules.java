package dev.mosey.policy.lease;

/**
 * The three rules on which "at most one" stands. A node always runs under {@link #SAFE}; the
 * explorer switches one off at a time, to show that it would find the fault.
 *
 * @param leases a host runs a guest only under a lease, and the home waits for the last lease to
 *     lapse; else the home takes silence for death
 * @param sourceWaits a source that has asked for the commit stays paused until the home answers;
 *     else it resumes by itself after a while
 * @param homeWaitsAfterOpening a restarted home waits for the leases that it granted before; else
 *     it believes that there were none
 */
public record Rules(boolean leases, boolean sourceWaits, boolean homeWaitsAfterOpening) {
  /** All in force. */
  public static final Rules SAFE = new Rules(true, true, true);
}
