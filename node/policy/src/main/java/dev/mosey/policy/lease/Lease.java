package dev.mosey.policy.lease;

/**
 * A host's right to run a guest.
 *
 * @param deadlineMillis until when, on the host's boot-time clock; at that moment it has lapsed
 */
public record Lease(long deadlineMillis) {
  /** No right at all: the guest waits. */
  public static final Lease NONE = new Lease(Long.MIN_VALUE);

  /** Needs none: the guest of the home on the same machine, which dies with it. */
  public static final Lease UNBOUNDED = new Lease(Long.MAX_VALUE);

  /**
   * What orders grant.
   *
   * @param sentMillis when the report that they answer was sent, on the host's boot-time clock;
   *     negative when the orders answer no report that is remembered
   * @param leaseMillis length granted; 0 = it needs none
   */
  public static Lease granted(long sentMillis, long leaseMillis) {
    if (leaseMillis == 0) {
      return UNBOUNDED;
    }
    return sentMillis < 0 ? NONE : new Lease(sentMillis + leaseMillis);
  }

  /** Whether the guest may run at this moment of the host's boot-time clock. */
  public boolean coversAt(long bootMillis) {
    return bootMillis < deadlineMillis;
  }

  /** The longer of the two: a lease once granted is never taken back. */
  public Lease orLonger(Lease other) {
    return other.deadlineMillis > deadlineMillis ? other : this;
  }

  /** Whether it ends by itself. */
  public boolean isBounded() {
    return deadlineMillis != Long.MAX_VALUE;
  }

  /** How much of it is left; 0 when lapsed. */
  public long leftAt(long bootMillis) {
    return coversAt(bootMillis) ? deadlineMillis - bootMillis : 0;
  }
}
