package dev.mosey.sim.explore;

import dev.mosey.policy.guests.GuestsInput;
import dev.mosey.protocol.wire.ImageTaken;
import dev.mosey.protocol.wire.Offer;
import dev.mosey.protocol.wire.OfferAnswer;
import dev.mosey.protocol.wire.OfferWithdrawn;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.TakeImage;
import dev.mosey.protocol.wire.WireMessage;
import java.util.List;
import java.util.stream.Collectors;

/** Messages in few words, for traces. A process is written with its incarnation: {@code h.1/2}. */
final class Words {
  private Words() {}

  static String of(WireMessage message) {
    return switch (message) {
      case Report m -> "report " + m.seq() + " of " + m.host() + " " + guests(m.guests());
      case Orders m ->
          "orders %d.%d for %s, answer to %d: %s"
              .formatted(m.books().opening(), m.seq(), m.to(), m.answers(), orders(m.orders()));
      case Offer m -> "offer of " + m.id() + "/" + m.incarnation() + ", move " + m.move();
      case OfferAnswer m ->
          (m.declined() == null ? "yes" : "no")
              + " to the offer of "
              + m.id()
              + "/"
              + m.incarnation()
              + ", move "
              + m.move();
      case TakeImage m -> "image of " + m.id() + "/" + m.incarnation() + ", move " + m.move();
      case ImageTaken m ->
          "image of "
              + m.id()
              + "/"
              + m.incarnation()
              + (m.failed() == null ? " taken" : " not taken")
              + ", move "
              + m.move();
      case OfferWithdrawn m ->
          "offer of " + m.id() + "/" + m.incarnation() + " withdrawn, move " + m.move();
      case WireMessage other -> other.getClass().getSimpleName();
    };
  }

  static String of(GuestsInput input) {
    return input instanceof GuestsInput.BodyEnded e
        ? e.id() + "/" + e.incarnation() + " ended with " + e.exit().shellStatus()
        : input.getClass().getSimpleName();
  }

  private static String guests(List<Report.Guest> guests) {
    return guests.stream()
        .map(guest -> guest.id() + "/" + guest.incarnation() + " " + state(guest.state()))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String state(GuestState state) {
    return switch (state) {
      case GuestState.Preparing() -> "preparing";
      case GuestState.Running running -> "running";
      case GuestState.AsksToMove asks -> "asks to move to " + asks.target();
      case GuestState.Left left -> "left: " + left.why();
      case GuestState.Refused refused -> "refused: " + refused.code();
      case GuestState.Ended ended -> "ended with " + ended.exit().shellStatus();
    };
  }

  private static String orders(List<Order> orders) {
    return orders.stream()
        .map(
            order ->
                order.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT)
                    + " "
                    + order.id()
                    + "/"
                    + order.incarnation())
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
