package dev.mosey.policy.load;

/**
 * The two loads of a node, from one sample a second, as MOSIX had them (the formulas are those
 * published with Kerrighed's MOSIX probe). Their difference is the hysteresis: a node
 * underestimates its own reasons to send and overestimates how busy others will find it, so that
 * nothing moves for a passing peak.
 *
 * @param own what the node uses about itself: rises slowly (by 3/8 of the distance), falls at once
 * @param exported what it tells others: rises at once, falls slowly (by 1/8 of the distance)
 */
public record TwoLoads(double own, double exported) {
  /** An idle node. */
  public static final TwoLoads NONE = new TwoLoads(0, 0);

  /** After one more sample, 0 or more. */
  public TwoLoads next(double sample) {
    return new TwoLoads(
        sample > own ? (5 * own + 3 * sample) / 8 : sample,
        sample >= exported ? sample : (7 * exported + sample) / 8);
  }
}
