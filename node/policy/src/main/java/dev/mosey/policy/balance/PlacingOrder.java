package dev.mosey.policy.balance;

/** How a host is chosen among those that have room. */
public enum PlacingOrder {
  /** The lowest price; of nearly equal ones the least loaded. */
  PRICE,
  /** Anyone, by chance. */
  CHANCE,
  /** One after the other, by the number of the job. */
  TURN
}
