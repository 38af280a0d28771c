package dev.mosey.policy.lease;

/**
 * The two clocks at one moment.
 *
 * @param epochMillis wall clock; for what people read, may jump
 * @param bootMillis the boot-time clock of this machine, which runs on in suspend and never jumps;
 *     for leases. Comparable only with readings of the same machine since the same boot
 */
public record Now(long epochMillis, long bootMillis) {}
