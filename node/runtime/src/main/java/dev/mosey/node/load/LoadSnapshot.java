package dev.mosey.node.load;

import dev.mosey.protocol.load.LoadReport;
import java.util.List;

/**
 * The table of loads at one moment.
 *
 * @param own this node's report, as others get it
 * @param belief the same with the load that this node uses about itself: what its own decisions to
 *     send are made from
 * @param others the other members that answer, with their ages at that moment
 * @param atMillis that moment, on the boot clock
 */
public record LoadSnapshot(LoadReport own, LoadReport belief, List<Known> others, long atMillis) {
  /** Copies the list. */
  public LoadSnapshot {
    others = List.copyOf(others);
  }

  /**
   * One other node.
   *
   * @param report its freshest
   * @param forMillis for how long it has been known in its present session
   */
  public record Known(LoadReport report, long forMillis) {}
}
