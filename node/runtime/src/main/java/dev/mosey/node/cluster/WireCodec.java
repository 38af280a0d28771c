package dev.mosey.node.cluster;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.mosey.protocol.json.Json;
import dev.mosey.protocol.wire.Envelope;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Envelopes as bytes: CBOR, by the rules of {@link Json}. Safe for use by several threads. */
public final class WireCodec {
  private static final ObjectMapper MAPPER =
      Json.mapper(new CBORFactory())
          // A newer version's order or message becomes null: left out, or dropped.
          .configure(DeserializationFeature.FAIL_ON_INVALID_SUBTYPE, false);
  private static final ObjectWriter WRITER = MAPPER.writerFor(Envelope.class);
  private static final ObjectReader READER = MAPPER.readerFor(Envelope.class);

  private WireCodec() {}

  /** The bytes of an envelope. */
  public static byte[] encode(Envelope envelope) {
    try {
      return WRITER.writeValueAsBytes(envelope);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /**
   * The opposite of {@link #encode}.
   *
   * @throws IOException when the bytes are no envelope, or hold a message that this version does
   *     not know
   */
  public static Envelope decode(byte[] bytes) throws IOException {
    Envelope envelope = READER.readValue(bytes);
    if (envelope == null || envelope.from() == null || envelope.message() == null) {
      throw new IOException("a message that this version does not know");
    }
    return envelope;
  }
}
