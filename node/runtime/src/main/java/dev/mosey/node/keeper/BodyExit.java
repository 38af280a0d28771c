package dev.mosey.node.keeper;

/**
 * How a body ended. The times and the memory are those of all its processes, 0 where the keeper
 * can't know.
 *
 * @param signalled whether a signal ended its first process
 * @param value the exit status, 0 to 255, or the number of the signal
 * @param userMicros CPU time in its own code
 * @param systemMicros CPU time in the kernel
 * @param peakRssBytes the largest resident size of one of its processes
 */
public record BodyExit(
    boolean signalled, int value, long userMicros, long systemMicros, long peakRssBytes) {
  /** What a shell would report: the status, or 128 + signal. */
  public int shellStatus() {
    return signalled ? 128 + value : value;
  }
}
