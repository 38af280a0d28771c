package dev.mosey.policy.lease;

import java.util.HashMap;
import java.util.Map;

/**
 * What a home remembers of the leases that it granted since its opening. Not journalled: a lease
 * granted by an earlier opening is waited for from the opening on.
 *
 * @param <K> what names a process
 */
public final class GrantedLeases<K> {
  private final Map<K, Grant> grants;

  /**
   * One incarnation's last lease.
   *
   * @param incarnation of the process
   * @param placedMillis when it was placed in this opening, on the home's boot-time clock; {@link
   *     Long#MIN_VALUE} when an earlier opening did
   * @param untilMillis when the last lease has lapsed for certain; {@link Long#MIN_VALUE} when none
   *     was granted
   */
  public record Grant(int incarnation, long placedMillis, long untilMillis) {}

  /** Nothing granted yet. */
  public GrantedLeases() {
    grants = new HashMap<>();
  }

  private GrantedLeases(Map<K, Grant> grants) {
    this.grants = new HashMap<>(grants);
  }

  /** An independent copy. */
  public GrantedLeases<K> copy() {
    return new GrantedLeases<>(grants);
  }

  /**
   * This incarnation was placed in this opening, so that no other lease for it can be about: until
   * the first grant its host does not run it.
   */
  public void placed(K process, int incarnation, long bootMillis) {
    grants.put(process, new Grant(incarnation, bootMillis, Long.MIN_VALUE));
  }

  /**
   * A lease goes out. To be called before the orders that grant it are sent.
   *
   * @param receivedMillis when the answered report was received, on the home's boot-time clock
   */
  public void grant(
      K process, int incarnation, long leaseMillis, long receivedMillis, LeaseRules rules) {
    long until = receivedMillis + rules.homeWaits(leaseMillis);
    Grant last = of(process, incarnation);
    long placed = last == null ? Long.MIN_VALUE : last.placedMillis;
    long longest = last == null ? until : Math.max(until, last.untilMillis);
    grants.put(process, new Grant(incarnation, placed, longest));
  }

  /**
   * The last grant of this incarnation in this opening, or null: an earlier opening may have
   * granted.
   */
  public Grant of(K process, int incarnation) {
    Grant grant = grants.get(process);
    return grant != null && grant.incarnation == incarnation ? grant : null;
  }

  /** The process needs no memory any more: it has ended or waits. */
  public void forget(K process) {
    grants.remove(process);
  }
}
