package dev.mosey.node.config;

import dev.mosey.policy.lease.Rules;
import java.time.Duration;

/**
 * What takes promises back, to prove that their loss is seen, and what brings about rare events.
 * See {@code mosd.unsafe} in {@code reference.conf}.
 *
 * @param rules which of the rules of "at most one" are in force
 * @param sync whether what is acknowledged is on the disk
 * @param cutBack whether kept output is cut back when a process begins again
 * @param disorder share of messages that are doubled, and of those that are late
 * @param disorderMost how late
 * @param haltAt simple name of the effect before which the daemon halts; empty = never
 * @param haltCount before which of them, from 1
 */
public record UnsafeSettings(
    Rules rules,
    boolean sync,
    boolean cutBack,
    double disorder,
    Duration disorderMost,
    String haltAt,
    int haltCount) {
  private static final int COUNT_MOST = 1_000_000;

  /** Whether a promise is taken back, or trouble brought about. */
  public boolean isOn() {
    return !rules.equals(Rules.SAFE) || !sync || !cutBack || disorder > 0 || !haltAt.isEmpty();
  }

  static UnsafeSettings read(Section section) {
    return new UnsafeSettings(
        section.flag("leases") ? Rules.SAFE : new Rules(false, true, false),
        section.flag("sync"),
        section.flag("cut-back"),
        section.number("disorder", 0, 1),
        section.duration("disorder-most", Duration.ofMillis(1), Duration.ofMinutes(1)),
        section.text("halt-at"),
        section.whole("halt-count", 1, COUNT_MOST));
  }
}
