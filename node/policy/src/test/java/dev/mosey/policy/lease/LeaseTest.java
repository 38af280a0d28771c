package dev.mosey.policy.lease;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LeaseTest {
  private static final LeaseRules RULES = new LeaseRules(0.01, 0);

  /**
   * Whatever the rates of the two clocks within the drift, and however long the report was under
   * way: when the home takes the lease for lapsed, it has lapsed at the host.
   */
  @Property
  void theHomeNeverWaitsTooShort(
      @ForAll @LongRange(min = 2_000, max = 600_000) long lease,
      @ForAll @LongRange(min = 0, max = 990) long slower,
      @ForAll @LongRange(min = 0, max = 100_000) long underWay) {
    double hostMillisPerHomeMilli = 1 / (1 + slower / 100_000.0);
    long sentAtHost = 5_000;
    long receivedAtHome = 70_000 + underWay;
    GrantedLeases<String> granted = new GrantedLeases<>();
    granted.grant("p", 1, lease, receivedAtHome, RULES);
    long lapsedAtHome = granted.of("p", 1).untilMillis();
    Lease host = Lease.granted(sentAtHost, lease);
    double hostClockThen = sentAtHost + (lapsedAtHome - 70_000) * hostMillisPerHomeMilli;
    assertThat(host.coversAt((long) Math.ceil(hostClockThen))).isFalse();
  }

  @Test
  void aLeaseCountsFromTheSendingAndIsOverAtItsEnd() {
    Lease lease = Lease.granted(100, 50);
    assertThat(lease.coversAt(149)).isTrue();
    assertThat(lease.coversAt(150)).isFalse();
    assertThat(lease.leftAt(120)).isEqualTo(30);
    assertThat(lease.leftAt(200)).isZero();
  }

  @Test
  void ordersThatAnswerNoKnownReportGrantNothing() {
    assertThat(Lease.granted(-1, 50)).isEqualTo(Lease.NONE);
    assertThat(Lease.granted(-1, 0)).isEqualTo(Lease.UNBOUNDED);
  }

  @Test
  void aRenewalNeverShortens() {
    Lease longer = Lease.granted(100, 50);
    assertThat(longer.orLonger(Lease.granted(90, 50))).isEqualTo(longer);
    GrantedLeases<String> granted = new GrantedLeases<>();
    granted.grant("p", 1, 1_000, 500, RULES);
    granted.grant("p", 1, 1_000, 100, RULES);
    assertThat(granted.of("p", 1).untilMillis()).isEqualTo(1_510);
  }

  @Test
  void anotherIncarnationHasNoGrant() {
    GrantedLeases<String> granted = new GrantedLeases<>();
    granted.grant("p", 1, 1_000, 500, RULES);
    assertThat(granted.of("p", 2)).isNull();
  }
}
