package dev.mosey.policy.guests;

import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Guests accepted ahead of room. Where guests end within milliseconds, a start that had to wait for
 * the end of another to be told, written and answered would leave the slot empty for most of the
 * time. So such a host takes as many more as it will likely be done with soon; they start in the
 * order in which they came, and what gets no room after all goes back to its home.
 *
 * <p>How many: as much work as the slots do in {@code aheadMillis}, by the time that guests ran
 * here of late, a running mean in which the newest weighs an eighth. Once one has waited in vain,
 * those that hold the slots run for longer than that: nothing is known until the next has ended.
 */
final class Ahead {
  private static final double NEWEST = 0.125;

  /** Until a guest has ended: for ever. */
  private static final double UNKNOWN = Double.POSITIVE_INFINITY;

  private final Map<ProcessId, Integer> waiting;
  private double meanMillis;

  /** Nobody waits; until a guest has ended nothing is known of how long they run. */
  Ahead() {
    this(new LinkedHashMap<>(), UNKNOWN);
  }

  private Ahead(Map<ProcessId, Integer> waiting, double meanMillis) {
    this.waiting = waiting;
    this.meanMillis = meanMillis;
  }

  Ahead copy() {
    return new Ahead(new LinkedHashMap<>(waiting), meanMillis);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** A guest has ended by itself after so long. */
  void ran(long millis) {
    double took = Math.max(1, millis);
    meanMillis = meanMillis == UNKNOWN ? took : meanMillis + NEWEST * (took - meanMillis);
  }

  /** One got no room in the time that it should have taken. */
  void waitedInVain() {
    meanMillis = UNKNOWN;
  }

  /** How many more may come than there is room for. */
  int free(Capacity capacity, GuestsSettings settings) {
    double most = capacity.slots() * settings.aheadMillis() / meanMillis;
    return Math.max(0, (int) Math.min(most, settings.aheadMax()) - waiting.size());
  }

  /** A guest in phase QUEUED that was just put into the table. */
  void add(Guest guest) {
    waiting.put(guest.id(), guest.incarnation());
  }

  /** Starts the first of those that wait, as far as there is room; forgets who waits no longer. */
  void next(Handling handling) {
    GuestTable table = handling.table;
    for (Iterator<Map.Entry<ProcessId, Integer>> each = waiting.entrySet().iterator();
        each.hasNext(); ) {
      Map.Entry<ProcessId, Integer> first = each.next();
      Guest guest = table.guest(first.getKey(), first.getValue());
      if (guest == null || guest.phase() != Guest.Phase.QUEUED) {
        each.remove();
      } else if (table.mode != GuestsInput.Mode.OPEN) {
        each.remove();
        String why = table.self.node() + " takes no guests";
        handling.refuse(GuestDraft.of(guest), RefusalCode.BLOCKED, why);
      } else if (!table.hasRoom(guest.spec())) {
        return;
      } else {
        each.remove();
        GuestDraft draft = GuestDraft.of(guest);
        draft.phase = Guest.Phase.PREPARING;
        handling.tryStart(handling.put(draft));
      }
    }
  }
}
