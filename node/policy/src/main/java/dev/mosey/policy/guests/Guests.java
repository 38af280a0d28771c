package dev.mosey.policy.guests;

import dev.mosey.policy.lease.Now;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Report;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A host's guests: takes one input at a time and says what to do. What it holds is volatile, but
 * for what the spool and the remembered books give back at the start. It begins blocked and without
 * room, until {@code CapacityChanged}.
 *
 * <p>A guest runs only under a lease, or without end for a home on the same node. What is durable
 * after each step of a move, and where a restart goes on:
 *
 * <ol>
 *   <li>OFFERING, PAUSING, PACKED: nothing. If the source dies, the process is lost with it and
 *       goes on from its last checkpoint; if the target dies, the source resumes.
 *   <li>ASKING: nothing here; the home decides. If the source dies, the home may still journal the
 *       move: the target has the image.
 *   <li>LEFT: the image is in the spool, until the home says that it is of no use any more.
 * </ol>
 *
 * <p>Not safe for threads.
 */
public final class Guests {
  private final GuestTable table;

  /**
   * A host in a new session.
   *
   * @param self this node in its new session; everything of earlier sessions has been ended
   * @param settings bounds and times
   * @param rules {@link Rules#SAFE}
   * @param spooled what {@code SpoolPut} remembered and {@code SpoolDrop} did not forget
   * @param books what {@code RememberBooks} remembered, the newest of each home
   */
  public Guests(
      HostId self,
      GuestsSettings settings,
      Rules rules,
      Collection<Guest> spooled,
      Collection<BooksId> books) {
    table = new GuestTable(self, settings, rules);
    books.forEach(table::remember);
    for (Guest guest : spooled) {
      GuestDraft draft = GuestDraft.of(guest);
      draft.bodyThere = false;
      table.put(draft.done());
      table.contact(guest.id().home());
    }
  }

  /**
   * The same, after a daemon that has handed its guests over.
   *
   * @param carried what it had
   */
  public Guests(
      HostId self,
      GuestsSettings settings,
      Rules rules,
      Collection<Guest> spooled,
      Collection<BooksId> books,
      Carried carried) {
    this(self, settings, rules, spooled, books);
    table.continues = carried.since();
    for (Guest guest : carried.guests()) {
      table.put(guest);
      table.contact(guest.id().home());
    }
  }

  private Guests(GuestTable table) {
    this.table = table;
  }

  /** An independent copy. */
  public Guests copy() {
    return new Guests(table.copy());
  }

  /** Takes an input and says what to do because of it, in order. */
  public List<GuestsEffect> handle(GuestsInput input, Now now) {
    table.awakeAt(now.bootMillis());
    Handling handling = new Handling(table, now);
    switch (input) {
      case GuestsInput.OrdersIn(var orders) -> new OrderTaker(handling).take(orders);
      case GuestsInput.OfferIn in -> new Moves(handling).offer(in);
      case GuestsInput.TakeImageIn in -> new Moves(handling).takeImage(in);
      case GuestsInput.OfferWithdrawnIn(var withdrawn) -> new Moves(handling).withdrawn(withdrawn);
      case GuestsInput.MoveOut out -> new Moves(handling).out(out);
      case GuestsInput.OfferAnswerIn(var answer) -> new Moves(handling).answered(answer);
      case GuestsInput.ImageTakenIn(var taken) -> new Moves(handling).taken(taken);
      case GuestsInput.ImageFetched fetched -> new Moves(handling).fetched(fetched);
      case GuestsInput.ImageFetchFailed failed -> new Moves(handling).fetchFailed(failed);
      case GuestsInput.Freeze(var id, var by) ->
          new Freezing(handling).byHost(table.newest(id), by);
      case GuestsInput.NodeAway(var node) -> new Moves(handling).away(node);
      case GuestsInput.BodyStarted e -> new Bodies(handling).started(e);
      case GuestsInput.BodyFailedToStart e -> new Bodies(handling).failedToStart(e);
      case GuestsInput.BodyPaused e -> new Bodies(handling).paused(e);
      case GuestsInput.BodyPauseFailed e -> new Bodies(handling).pauseFailed(e);
      case GuestsInput.BodyCheckpointed e -> new Bodies(handling).checkpointed(e);
      case GuestsInput.BodyEnded e -> new Bodies(handling).ended(e);
      case GuestsInput.BodyLost e -> new Bodies(handling).lost(e);
      case GuestsInput.OutputTakenAll e -> new Bodies(handling).outputTaken(e);
      case GuestsInput.Measured e -> new Bodies(handling).measured(e);
      case GuestsInput.CapacityChanged(var capacity, var mode) -> {
        table.capacity = capacity;
        table.mode = mode;
        handling.changed();
      }
      case GuestsInput.LeaveAll(var why) -> new Farewell(handling).leaveAll(why);
      case GuestsInput.HandOver(var why) -> new Farewell(handling).handOver(why);
      case GuestsInput.ReportDue(var home) -> handling.report(home);
      case GuestsInput.Tick() -> new Clockwork(handling).tick();
    }
    table.ahead.next(handling);
    return handling.effects();
  }

  /**
   * What one daemon hands to the next.
   *
   * @param since the oldest session of which a guest may be among them
   * @param guests whose bodies run on, or were asked to end
   */
  public record Carried(long since, List<Guest> guests) {
    /** Copies the list. */
    public Carried {
      guests = List.copyOf(guests);
    }
  }

  /** Whether another daemon is to take over. */
  public boolean handsOver() {
    return table.handsOver;
  }

  /** Whether nothing but what can be handed over has a body here, after {@code HandOver}. */
  public boolean isReadyToHandOver() {
    return table.handsOver
        && table.all().stream().allMatch(guest -> !guest.bodyThere() || Farewell.isCarried(guest));
  }

  /** What the next daemon is to have; only when {@link #isReadyToHandOver}. */
  public Carried carried() {
    return new Carried(table.continues, table.all().stream().filter(Farewell::isCarried).toList());
  }

  /** The oldest session of this node whose guests may be here: see {@code Report}. */
  public long continues() {
    return table.continues;
  }

  /** This node in its present session. */
  public HostId self() {
    return table.self;
  }

  /** All guests, by process and incarnation. */
  public List<Guest> all() {
    return table.all();
  }

  /** One incarnation of a process, or null when it is not here. */
  public Guest guest(ProcessId id, int incarnation) {
    return table.guest(id, incarnation);
  }

  /** Room reserved for moves to here that have not come yet. */
  public List<Arrival> arrivals() {
    return table.arrivals();
  }

  /** Resources that are not reserved; may be negative after the capacity was lowered. */
  public Resources free() {
    return table.free();
  }

  /** How many guests more there is a slot for; 0 unless open. */
  public int freeSlots() {
    return table.mode == GuestsInput.Mode.OPEN ? table.freeSlots() : 0;
  }

  /** Whether guests wait for room, so that no slot is empty. */
  public boolean waitsAhead() {
    return !table.ahead.isEmpty();
  }

  /** How many guests more are taken beyond the slots, because those here end within moments. */
  public int ahead() {
    return table.mode == GuestsInput.Mode.OPEN
        ? table.ahead.free(table.capacity, table.settings)
        : 0;
  }

  /** How many incarnations of each home were accepted in this session: see {@code Invitation}. */
  public Map<NodeName, Long> acceptedByHome() {
    return Collections.unmodifiableMap(table.accepted());
  }

  /** The books that are obeyed, the newest of each home. */
  public List<BooksId> obeyed() {
    return table.contacts().values().stream()
        .map(Contact::books)
        .filter(books -> books != null)
        .toList();
  }

  /** What a report to this home would hold now. */
  public List<Report.Guest> reported(NodeName home) {
    return table.of(home).stream().map(Handling::reported).toList();
  }

  /** Number of the newest orders obeyed of this home, 0 = none. */
  public long ordersSeq(NodeName home) {
    return table.contact(home).ordersSeq();
  }

  /** When which report to this home was sent, boot-time milliseconds by number; the newest ones. */
  public Map<Long, Long> sends(NodeName home) {
    return Collections.unmodifiableMap(table.contact(home).sends());
  }
}
