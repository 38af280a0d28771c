package dev.mosey.sim.cluster;

import java.util.List;

/**
 * What lies between the machines.
 *
 * @param latencyMillis one way
 * @param bandwidthMibPerSecond of one move; moves do not share it
 * @param loss which part of the gossip messages is lost, 0 to 1; moves are repeated until they are
 *     through
 * @param partitions when parts of the cluster do not hear each other
 */
public record Network(
    long latencyMillis, double bandwidthMibPerSecond, double loss, List<Partition> partitions) {
  /** A local network: 1 ms, 100 MiB/s, no loss. */
  public static final Network LOCAL = new Network(1, 100, 0, List.of());

  /**
   * A cut between the machines below a number and the others.
   *
   * @param boundary number of the first machine on the other side
   */
  public record Partition(long fromMillis, long toMillis, int boundary) {}

  /** Copies the list. */
  public Network {
    partitions = List.copyOf(partitions);
  }

  /** Whether two machines hear each other. */
  public boolean joined(int one, int other, long nowMillis) {
    return cutSince(one, other, nowMillis) < 0;
  }

  /** Since when two machines do not hear each other, in milliseconds; -1 = they do. */
  public long cutSince(int one, int other, long nowMillis) {
    for (Partition cut : partitions) {
      if (nowMillis >= cut.fromMillis()
          && nowMillis < cut.toMillis()
          && one < cut.boundary() != other < cut.boundary()) {
        return cut.fromMillis();
      }
    }
    return -1;
  }
}
