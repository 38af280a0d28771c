package dev.mosey.protocol.job;

/**
 * Names bytes by their content: an image, a jar, an input file. Whoever names one has synced it to
 * disk.
 *
 * @param sha256 64 lower-case hex digits
 * @param bytes its length
 */
public record Blob(String sha256, long bytes) {
  /** Checks the shape. */
  public Blob {
    if (sha256 == null || !sha256.matches("[0-9a-f]{64}") || bytes < 0) {
      throw new IllegalArgumentException("not the name of a blob: " + sha256);
    }
  }
}
