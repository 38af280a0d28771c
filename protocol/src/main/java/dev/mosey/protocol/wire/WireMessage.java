package dev.mosey.protocol.wire;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * What one node sends another. Every message is idempotent, numbered where order matters, and at
 * most 64 KiB once serialized; it is sent at most once and may be lost, repeated or overtaken.
 * Repair is always the next {@link Report} and the {@link Orders} that answer it. Fields are only
 * ever added; a message that the other side does not know is dropped by it.
 *
 * <p>Each has a logical name and version, never that of its class: with it the message is found on
 * the other side, whatever becomes of the code.
 *
 * <p>No message holds an actor reference: nodes are addressed by name, in an {@link Envelope}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "m")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Report.class, name = "report/1"),
  @JsonSubTypes.Type(value = Orders.class, name = "orders/1"),
  @JsonSubTypes.Type(value = Offer.class, name = "offer/1"),
  @JsonSubTypes.Type(value = OfferAnswer.class, name = "offer-answer/1"),
  @JsonSubTypes.Type(value = TakeImage.class, name = "take-image/1"),
  @JsonSubTypes.Type(value = ImageTaken.class, name = "image-taken/1"),
  @JsonSubTypes.Type(value = OfferWithdrawn.class, name = "offer-withdrawn/1"),
  @JsonSubTypes.Type(value = Output.class, name = "output/1"),
  @JsonSubTypes.Type(value = OutputTaken.class, name = "output-taken/1"),
  @JsonSubTypes.Type(value = Invitation.class, name = "invitation/1"),
  @JsonSubTypes.Type(value = Enquiry.class, name = "enquiry/1"),
  @JsonSubTypes.Type(value = Gossip.class, name = "gossip/1"),
  @JsonSubTypes.Type(value = Hello.class, name = "hello/1"),
  @JsonSubTypes.Type(value = Call.class, name = "call/1"),
  @JsonSubTypes.Type(value = CallAnswer.class, name = "call-answer/1")
})
public sealed interface WireMessage
    permits Report,
        Orders,
        Offer,
        OfferAnswer,
        TakeImage,
        ImageTaken,
        OfferWithdrawn,
        Output,
        OutputTaken,
        Invitation,
        Enquiry,
        Gossip,
        Hello,
        Call,
        CallAnswer {
  /** The logical name and version of a message, for instance {@code report/1}. */
  static String nameOf(WireMessage message) {
    for (JsonSubTypes.Type type : WireMessage.class.getAnnotation(JsonSubTypes.class).value()) {
      if (type.value() == message.getClass()) {
        return type.name();
      }
    }
    throw new IllegalStateException("a message without a name: " + message.getClass());
  }
}
