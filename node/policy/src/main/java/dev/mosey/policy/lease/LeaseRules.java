package dev.mosey.policy.lease;

/**
 * How long a home waits for a lease that it granted. The host counts the lease from the sending of
 * its report, the home from the receipt of the same report, each on its own boot-time clock; the
 * receipt is never earlier than the sending, so only the clocks' difference in rate has to be
 * added.
 *
 * @param drift greatest relative difference in rate of two machines' clocks, 0 to 0.1; 0.01 usual
 * @param marginMillis added on top, for the time in which the keeper's kill takes effect; 0 or more
 * @param ownToo whether guests of the home's own node need leases as well: where another node may
 *     open the books of this one
 */
public record LeaseRules(double drift, long marginMillis, boolean ownToo) {
  /** One per cent, and a quarter of a second for the kill. */
  public static final LeaseRules USUAL = new LeaseRules(0.01, 250);

  /** Of a home whose books nobody else can open. */
  public LeaseRules(double drift, long marginMillis) {
    this(drift, marginMillis, false);
  }

  /** Checks the ranges. */
  public LeaseRules {
    if (!(drift >= 0 && drift <= 0.1) || marginMillis < 0) {
      throw new IllegalArgumentException(
          "a drift of 0 to 0.1 and a margin of 0 ms or more are needed, was "
              + drift
              + " and "
              + marginMillis);
    }
  }

  /**
   * How long the home waits for a lease of this length, by its own clock: {@code L (1 + drift) +
   * margin}.
   */
  public long homeWaits(long leaseMillis) {
    return leaseMillis + (long) Math.ceil(leaseMillis * drift) + marginMillis;
  }
}
