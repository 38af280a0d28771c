package dev.mosey.node.host;

import dev.mosey.node.keeper.Handed;
import dev.mosey.policy.guests.Guest;
import dev.mosey.policy.guests.Guests;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.util.List;

/**
 * What the process host of one daemon hands to that of the next: the keeper with all bodies, and
 * what of each guest was only in memory.
 *
 * @param keeper goes on with the bodies
 * @param since the oldest session whose guests may be among them
 * @param carried the guests whose bodies run on
 */
public record HandedOver(Handed keeper, long since, List<Carried> carried) {
  /** Copies the list. */
  public HandedOver {
    carried = List.copyOf(carried);
  }

  /**
   * A guest whose body runs on.
   *
   * @param guest as its host knows it
   * @param body under the keeper
   * @param taken how much of its output its home has
   * @param output what its home has not taken, in order
   * @param stopped why it was asked to end, or null
   */
  public record Carried(
      Guest guest, Kept body, OutputEnds taken, List<Output> output, String stopped) {
    /** Copies the list. */
    public Carried {
      output = List.copyOf(output);
    }
  }

  /**
   * A body without its daemon.
   *
   * @param body its number with the keeper; 0 = none runs, it is to be started from where it lies
   * @param pid of its first process; 0 = not told
   * @param cpuMillis used by what ran before it for the same guest
   */
  public record Kept(long body, long pid, long cpuMillis) {}

  Guests.Carried guests() {
    return new Guests.Carried(since, carried.stream().map(Carried::guest).toList());
  }
}
