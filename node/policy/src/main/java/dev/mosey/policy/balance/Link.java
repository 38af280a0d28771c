package dev.mosey.policy.balance;

/**
 * What has been measured on the way to another node, with nothing that moved: from there a move's
 * cost is estimated before there was one, and for images larger than those that moved.
 *
 * @param roundTripSeconds of a small message there and back
 * @param startSeconds from the wish to start a body there until it runs
 * @param writeBytesPerSecond at which an image is kept here
 * @param carryBytesPerSecond at which it is fetched, checked and kept there
 * @param readBytesPerSecond at which it is read there
 */
public record Link(
    double roundTripSeconds,
    double startSeconds,
    double writeBytesPerSecond,
    double carryBytesPerSecond,
    double readBytesPerSecond) {
  /** A move takes an offer, the home's decision, and the first request for its image. */
  private static final int ROUND_TRIPS = 3;

  /** Checks that all of them are figures of something. */
  public Link {
    if (!(roundTripSeconds >= 0
        && startSeconds >= 0
        && writeBytesPerSecond > 0
        && carryBytesPerSecond > 0
        && readBytesPerSecond > 0)) {
      throw new IllegalArgumentException("not what a link can be: " + roundTripSeconds);
    }
  }

  /** The least that a move takes without its image, in seconds. */
  public double setupSeconds() {
    return ROUND_TRIPS * roundTripSeconds + startSeconds;
  }

  /** For how long an image of this size is under way, in seconds: one step after the other. */
  public double travelSeconds(long imageBytes) {
    double perByte = 1 / writeBytesPerSecond + 1 / carryBytesPerSecond + 1 / readBytesPerSecond;
    return Math.max(0, imageBytes) * perByte;
  }
}
