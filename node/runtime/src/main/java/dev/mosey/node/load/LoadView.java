package dev.mosey.node.load;

import dev.mosey.protocol.api.TuneView;
import dev.mosey.protocol.load.LoadReport;
import dev.mosey.protocol.load.TuneSet;
import java.util.List;
import java.util.Map;

/** What a load monitor knows, for readers; valid only while the question is asked. */
public interface LoadView {
  /** This node's newest report of itself. */
  LoadReport own();

  /**
   * The load that this node uses about itself: it rises slowly and falls at once; 1.0 = every core
   * is busy once.
   */
  double ownLoad();

  /** Every node in the table, this one first, the others by name; each with its age now. */
  List<LoadReport> reports();

  /** The tunes in force, as they spread. */
  TuneSet tuneSet();

  /** Every tune with its value, unit, default, range and meaning, in the order of the table. */
  List<TuneView> tunes();

  /** What could not be read of this machine, and why, one line each. */
  List<String> unread();

  /** Counters and gauges by their Prometheus name, {@code mosey_...}. */
  Map<String, Double> metrics();
}
