package dev.mosey.policy.guests;

import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Resources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The state of a host: guests, room kept for others, contacts with homes, and what is free. */
final class GuestTable {
  private static final int SIGNALS_KEPT = 1_000;

  /** Ticks come about as often as reports: without one for so many, the daemon stood still. */
  private static final int STILL_REPORTS = 5;

  final HostId self;
  final GuestsSettings settings;
  final Rules rules;
  Capacity capacity = new Capacity(Resources.NONE, 0);
  GuestsInput.Mode mode = GuestsInput.Mode.BLOCKED;

  /** What was accepted ahead of room. */
  final Ahead ahead;

  /** The oldest session whose guests may be here. */
  long continues;

  /** Another daemon takes over soon. */
  boolean handsOver;

  /** When the last input was handled, boot-time milliseconds. */
  long handledAtMillis = Long.MIN_VALUE;

  /** Since when this daemon has not stood still, boot-time milliseconds. */
  long awakeSinceMillis = Long.MAX_VALUE;

  /** When unanswered messages of moves were last repeated, boot-time milliseconds. */
  long repeatedAtMillis;

  private final TreeMap<ProcessId, NavigableMap<Integer, Guest>> guests = new TreeMap<>();
  private final TreeMap<ProcessId, Arrival> arrivals = new TreeMap<>();
  private final TreeMap<NodeName, Contact> contacts = new TreeMap<>();
  private final TreeMap<NodeName, Long> accepted = new TreeMap<>();
  private final LinkedHashSet<String> signals = new LinkedHashSet<>();
  private Resources reserved = Resources.NONE;
  private int slotsTaken;

  GuestTable(HostId self, GuestsSettings settings, Rules rules) {
    this(self, settings, rules, new Ahead());
  }

  private GuestTable(HostId self, GuestsSettings settings, Rules rules, Ahead ahead) {
    this.self = self;
    this.settings = settings;
    this.rules = rules;
    this.ahead = ahead;
    this.continues = self.session();
  }

  GuestTable copy() {
    GuestTable copy = new GuestTable(self, settings, rules, ahead.copy());
    copy.capacity = capacity;
    copy.mode = mode;
    copy.continues = continues;
    copy.handsOver = handsOver;
    copy.repeatedAtMillis = repeatedAtMillis;
    copy.handledAtMillis = handledAtMillis;
    copy.awakeSinceMillis = awakeSinceMillis;
    guests.forEach((id, byIncarnation) -> copy.guests.put(id, new TreeMap<>(byIncarnation)));
    copy.arrivals.putAll(arrivals);
    contacts.forEach((home, contact) -> copy.contacts.put(home, contact.copy()));
    copy.accepted.putAll(accepted);
    copy.signals.addAll(signals);
    copy.reserved = reserved;
    copy.slotsTaken = slotsTaken;
    return copy;
  }

  /** An input is handled now: after a long silence of all inputs, this daemon stood still. */
  void awakeAt(long bootMillis) {
    boolean first = awakeSinceMillis == Long.MAX_VALUE;
    if (first || bootMillis - handledAtMillis > STILL_REPORTS * settings.reportMillis()) {
      awakeSinceMillis = bootMillis;
    }
    handledAtMillis = bootMillis;
  }

  Guest guest(ProcessId id, int incarnation) {
    NavigableMap<Integer, Guest> byIncarnation = guests.get(id);
    return byIncarnation == null ? null : byIncarnation.get(incarnation);
  }

  /** Every incarnation of the process here, the oldest first. */
  Collection<Guest> guests(ProcessId id) {
    NavigableMap<Integer, Guest> byIncarnation = guests.get(id);
    return byIncarnation == null ? List.of() : byIncarnation.values();
  }

  /** The newest incarnation of the process here, or null. */
  Guest newest(ProcessId id) {
    NavigableMap<Integer, Guest> byIncarnation = guests.get(id);
    return byIncarnation == null ? null : byIncarnation.lastEntry().getValue();
  }

  List<Guest> all() {
    List<Guest> result = new ArrayList<>();
    guests.values().forEach(byIncarnation -> result.addAll(byIncarnation.values()));
    return result;
  }

  List<Guest> of(NodeName home) {
    ProcessId first = new ProcessId(home, 1, ProcessId.SINGLE);
    List<Guest> result = new ArrayList<>();
    for (var entry : guests.tailMap(first, true).entrySet()) {
      if (!entry.getKey().home().equals(home)) {
        break;
      }
      result.addAll(entry.getValue().values());
    }
    return result;
  }

  void put(Guest guest) {
    NavigableMap<Integer, Guest> byIncarnation =
        guests.computeIfAbsent(guest.id(), id -> new TreeMap<>());
    Guest old = byIncarnation.put(guest.incarnation(), guest);
    count(old != null && old.phase().takesRoom(), old == null ? null : old.spec(), -1);
    count(guest.phase().takesRoom(), guest.spec(), 1);
  }

  void remove(Guest guest) {
    NavigableMap<Integer, Guest> byIncarnation = guests.get(guest.id());
    Guest old = byIncarnation.remove(guest.incarnation());
    if (byIncarnation.isEmpty()) {
      guests.remove(guest.id());
    }
    count(old.phase().takesRoom(), old.spec(), -1);
  }

  Arrival arrival(ProcessId id) {
    return arrivals.get(id);
  }

  List<Arrival> arrivals() {
    return List.copyOf(arrivals.values());
  }

  void put(Arrival arrival) {
    Arrival old = arrivals.put(arrival.id(), arrival);
    count(old != null, old == null ? null : old.spec(), -1);
    count(true, arrival.spec(), 1);
  }

  void remove(Arrival arrival) {
    if (arrivals.remove(arrival.id()) != null) {
      count(true, arrival.spec(), -1);
    }
  }

  private void count(boolean counts, JobSpec spec, int sign) {
    if (counts) {
      slotsTaken += sign;
      Resources asked = spec == null ? Resources.NONE : spec.resources();
      reserved = sign > 0 ? reserved.plus(asked) : reserved.minus(asked);
    }
  }

  Resources free() {
    return capacity.resources().minus(reserved);
  }

  int freeSlots() {
    return Math.max(0, capacity.slots() - slotsTaken);
  }

  boolean hasRoom(JobSpec spec) {
    return slotsTaken < capacity.slots() && spec.resources().fits(free());
  }

  Contact contact(NodeName home) {
    return contacts.computeIfAbsent(home, h -> new Contact(null));
  }

  Map<NodeName, Contact> contacts() {
    return contacts;
  }

  void remember(BooksId books) {
    contacts.put(books.home(), new Contact(books));
  }

  void accept(NodeName home) {
    accepted.merge(home, 1L, Long::sum);
  }

  Map<NodeName, Long> accepted() {
    return accepted;
  }

  /** Whether this wish was not seen before; a bounded number is remembered. */
  boolean isNewSignal(String request) {
    boolean isNew = signals.add(request);
    if (signals.size() > SIGNALS_KEPT) {
      signals.removeFirst();
    }
    return isNew;
  }
}
