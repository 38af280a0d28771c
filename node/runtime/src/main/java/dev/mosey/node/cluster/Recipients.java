package dev.mosey.node.cluster;

import dev.mosey.protocol.wire.Call;
import dev.mosey.protocol.wire.CallAnswer;
import dev.mosey.protocol.wire.Enquiry;
import dev.mosey.protocol.wire.Envelope;
import dev.mosey.protocol.wire.Gossip;
import dev.mosey.protocol.wire.Hello;
import dev.mosey.protocol.wire.ImageTaken;
import dev.mosey.protocol.wire.Invitation;
import dev.mosey.protocol.wire.Offer;
import dev.mosey.protocol.wire.OfferAnswer;
import dev.mosey.protocol.wire.OfferWithdrawn;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.OutputTaken;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.TakeImage;
import dev.mosey.protocol.wire.WireMessage;
import java.util.function.Consumer;

/**
 * Who on this node gets what arrives. Each must return at once and may be called by any thread.
 *
 * @param home the books of this node
 * @param host what runs here
 * @param scheduler takes invitations, and the enquiries that ask for them
 * @param load takes gossip
 * @param gateway takes calls of other nodes and their answers
 */
public record Recipients(
    Consumer<Envelope> home,
    Consumer<Envelope> host,
    Consumer<Envelope> scheduler,
    Consumer<Envelope> load,
    Consumer<Envelope> gateway) {

  /** Who gets a message of this type; hellos are the membership's, which takes them at the door. */
  Consumer<Envelope> of(WireMessage message) {
    return switch (message) {
      case Report report -> home;
      case Output output -> home;
      case Orders orders -> host;
      case OutputTaken taken -> host;
      case Offer offer -> host;
      case OfferAnswer answer -> host;
      case OfferWithdrawn withdrawn -> host;
      case TakeImage image -> host;
      case ImageTaken taken -> host;
      case Invitation invitation -> scheduler;
      case Enquiry enquiry -> scheduler;
      case Gossip gossip -> load;
      case Hello hello -> envelope -> {};
      case Call call -> gateway;
      case CallAnswer answer -> gateway;
    };
  }
}
