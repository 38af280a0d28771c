package dev.mosey.protocol.wire;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A home tells a host what to do with its guests. Sent as the answer to a {@link Report} and, with
 * the same content, at once when something was journalled that concerns the host. Obeyed only by
 * the session that it names, and only when newer than the last orders of these books.
 *
 * @param books who orders
 * @param seq grows with every orders of this opening of the books to this host; older ones are
 *     dropped unread
 * @param to for which session they are
 * @param answers the newest report of that session that the home has read; leases granted here
 *     count from its sending. 0: none, no lease is granted
 * @param orders one for each guest concerned
 * @param specs what the jobs named in {@code Start} orders are, by job number
 */
public record Orders(
    BooksId books, long seq, HostId to, long answers, List<Order> orders, Map<Long, JobSpec> specs)
    implements WireMessage {
  /** Copies the collections; an order that this version does not know is left out. */
  public Orders {
    orders = orders.stream().filter(Objects::nonNull).toList();
    specs = Map.copyOf(specs);
  }

  /** What to do with one incarnation of one process. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "o")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Order.Start.class, name = "start"),
    @JsonSubTypes.Type(value = Order.Renew.class, name = "renew"),
    @JsonSubTypes.Type(value = Order.Stop.class, name = "stop"),
    @JsonSubTypes.Type(value = Order.Moved.class, name = "moved"),
    @JsonSubTypes.Type(value = Order.MoveAborted.class, name = "move-aborted"),
    @JsonSubTypes.Type(value = Order.Drop.class, name = "drop"),
    @JsonSubTypes.Type(value = Order.PleaseMove.class, name = "please-move"),
    @JsonSubTypes.Type(value = Order.Signal.class, name = "signal"),
    @JsonSubTypes.Type(value = Order.Freeze.class, name = "freeze"),
    @JsonSubTypes.Type(value = Order.Save.class, name = "save")
  })
  public sealed interface Order {
    /** The process. */
    ProcessId id();

    /** Its incarnation; an order for another one is void. */
    int incarnation();

    /**
     * Journalled as placed on this host: run it, as soon as a lease covers it. Repeated until the
     * host's report has it.
     *
     * @param image from where to go on; null from the beginning
     * @param move the number that the next attempt to move must exceed
     * @param leaseMillis length of the lease counted from the sending of the answered report; 0 =
     *     it needs none (the home's own host)
     * @param entry the line of {@code --each-line}, or null
     * @param now whether it is to run although there is no room, because somebody told it to
     */
    record Start(
        ProcessId id,
        int incarnation,
        Image image,
        int move,
        long leaseMillis,
        String entry,
        boolean now)
        implements Order {
      /** To be run when there is room. */
      public Start(
          ProcessId id, int incarnation, Image image, int move, long leaseMillis, String entry) {
        this(id, incarnation, image, move, leaseMillis, entry, false);
      }
    }

    /**
     * The lease of a guest that the report had, for this long from the sending of the answered
     * report.
     *
     * @param leaseMillis length; 0 = it needs none
     */
    record Renew(ProcessId id, int incarnation, long leaseMillis) implements Order {}

    /**
     * End it; its end is reported as usual. Before it has started: refuse it for good.
     *
     * @param graceMillis between SIGTERM and SIGKILL; 0 = kill
     * @param why one line
     */
    record Stop(ProcessId id, int incarnation, long graceMillis, String why) implements Order {}

    /**
     * The move that the host asked for was journalled: the target has it, this incarnation is over
     * here. The image is kept until {@link Drop}.
     *
     * @param move which attempt
     */
    record Moved(ProcessId id, int incarnation, int move) implements Order {}

    /**
     * The move that the host asked for was journalled as aborted: go on here.
     *
     * @param move which attempt, and all before it
     * @param why one line
     */
    record MoveAborted(ProcessId id, int incarnation, int move, String why) implements Order {}

    /**
     * What the host still holds of this incarnation is recorded at home or of no use: forget it.
     */
    record Drop(ProcessId id, int incarnation) implements Order {}

    /**
     * Move it to this node, or take a checkpoint, as the user asked; a wish, repeated by who wants
     * it.
     *
     * @param target where to, or null for anywhere else
     * @param reason one word of the move ledger
     */
    record PleaseMove(
        ProcessId id, int incarnation, dev.mosey.protocol.id.NodeName target, String reason)
        implements Order {}

    /**
     * Deliver a signal to the body.
     *
     * @param signal its number
     * @param request unique per wish, so that a repeated order signals once
     */
    record Signal(ProcessId id, int incarnation, int signal, String request) implements Order {}

    /**
     * Pack it and let it leave, or, if it can't be packed, let it stand still in its place; or the
     * contrary. Said until the host's report agrees.
     *
     * @param frozen whether it is to be frozen; else it is to go on
     */
    record Freeze(ProcessId id, int incarnation, boolean frozen) implements Order {}

    /**
     * Take a checkpoint of it now.
     *
     * @param request unique per wish, so that a repeated order takes one
     */
    record Save(ProcessId id, int incarnation, String request) implements Order {}
  }
}
