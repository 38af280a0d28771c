package dev.mosey.sim.explore;

import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.wire.ImageTaken;
import dev.mosey.protocol.wire.Offer;
import dev.mosey.protocol.wire.OfferAnswer;
import dev.mosey.protocol.wire.OfferWithdrawn;
import dev.mosey.protocol.wire.TakeImage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** The part of {@link Canon} for what hosts say to each other. */
record MessageCanon(
    LongConsumer number, BiConsumer<ProcessId, Integer> incarnation, Consumer<Image> image) {

  void add(Object message) {
    switch (message) {
      case Offer m -> attempt(11, m.id(), m.incarnation(), m.move());
      case OfferAnswer m -> {
        attempt(12, m.id(), m.incarnation(), m.move());
        number.accept(m.target().session());
        number.accept(m.declined() == null ? 0 : 1);
      }
      case TakeImage m -> {
        attempt(13, m.id(), m.incarnation(), m.move());
        image.accept(m.image());
      }
      case ImageTaken m -> {
        attempt(14, m.id(), m.incarnation(), m.move());
        number.accept(m.target().session());
        number.accept(m.failed() == null ? 0 : 1);
      }
      case OfferWithdrawn m -> attempt(15, m.id(), m.incarnation(), m.move());
      case Object other -> throw new IllegalStateException("nobody sends " + other);
    }
  }

  private void attempt(int kind, ProcessId id, int of, int move) {
    number.accept(kind);
    incarnation.accept(id, of);
    number.accept(move);
  }
}
