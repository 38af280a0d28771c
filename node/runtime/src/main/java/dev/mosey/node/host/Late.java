package dev.mosey.node.host;

import dev.mosey.policy.guests.Guest;
import dev.mosey.protocol.id.ProcessId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts off what is to be kept on the disk for a moment: a home that is there records an end within
 * milliseconds, and then nothing has to be written at all. If the daemon dies in that moment, the
 * home finds the process missing and runs it again: the promise allows that, as nothing of it runs.
 */
final class Late {
  private static final long WAIT_MILLIS = 1_000;

  private final HostMemory memory;
  private final Map<Key, Waiting> waiting = new LinkedHashMap<>();

  private record Key(ProcessId id, int incarnation) {}

  private record Waiting(Guest guest, long sinceMillis) {}

  Late(HostMemory memory) {
    this.memory = memory;
  }

  void put(Guest guest, long nowMillis) {
    var key = new Key(guest.id(), guest.incarnation());
    var before = waiting.remove(key);
    waiting.put(key, new Waiting(guest, before == null ? nowMillis : before.sinceMillis()));
  }

  void drop(ProcessId id, int incarnation) {
    waiting.remove(new Key(id, incarnation));
    memory.drop(id, incarnation);
  }

  /** What has waited long enough; it is not told again. */
  List<Guest> due(long nowMillis) {
    List<Guest> due = new ArrayList<>(0);
    waiting
        .values()
        .removeIf(
            each -> {
              boolean over = nowMillis - each.sinceMillis() >= WAIT_MILLIS;
              if (over) due.add(each.guest());
              return over;
            });
    return due;
  }
}
