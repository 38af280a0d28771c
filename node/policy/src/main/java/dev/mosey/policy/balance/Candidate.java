package dev.mosey.policy.balance;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import java.util.List;

/**
 * One process that runs here, as the balancer sees it.
 *
 * @param id which
 * @param request what it asked for
 * @param residentMillis how long it has been here
 * @param rssBytes resident memory
 * @param imageBytes size of its image, or an estimate
 * @param move how it can move
 * @param locked its owner wants it to stay
 * @param settled it runs; neither does it start nor move
 * @param backingOff its last move failed a short while ago
 * @param on only there; empty = anywhere
 * @param not never there
 */
public record Candidate(
    ProcessId id,
    Resources request,
    long residentMillis,
    long rssBytes,
    long imageBytes,
    MoveMode move,
    boolean locked,
    boolean settled,
    boolean backingOff,
    List<NodeName> on,
    List<NodeName> not) {
  /** Copies the lists. */
  public Candidate {
    on = List.copyOf(on);
    not = List.copyOf(not);
  }

  /** Whether its owner allows that node. */
  public boolean allows(NodeName node) {
    return (on.isEmpty() || on.contains(node)) && !not.contains(node);
  }

  /** Resident memory in MiB. */
  public double rssMb() {
    return rssBytes / (double) (1 << 20);
  }

  /**
   * How long it will still need at its present pace, in seconds: as long as it has run here. Nobody
   * knows better without being told: for the heavy-tailed running times that processes have, what
   * has run for t will run for about another t (Harchol-Balter and Downey, 1997). It is counted
   * from the arrival here, so that what has just moved must run a while before it moves again.
   */
  public double remainingSeconds() {
    return residentMillis / 1_000.0;
  }
}
