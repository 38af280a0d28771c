package dev.mosey.node.cluster;

import java.io.NotSerializableException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Letters for Pekko's remoting. The manifest is the logical name of the message, never that of a
 * class. Bytes: length of the sender's address (one byte), that address, the envelope.
 */
public final class WireSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 17_355;
  private static final int BYTE = 0xff;

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object object) {
    return ((Letter) object).name();
  }

  @Override
  public byte[] toBinary(Object object) {
    Letter letter = (Letter) object;
    byte[] sender = letter.sender().getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[1 + sender.length + letter.bytes().length];
    bytes[0] = (byte) sender.length;
    System.arraycopy(sender, 0, bytes, 1, sender.length);
    System.arraycopy(letter.bytes(), 0, bytes, 1 + sender.length, letter.bytes().length);
    return bytes;
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    int senderEnd = bytes.length == 0 ? 1 : 1 + (bytes[0] & BYTE);
    if (senderEnd > bytes.length) {
      throw new NotSerializableException("a letter of " + bytes.length + " bytes");
    }
    return new Letter(
        manifest,
        new String(bytes, 1, senderEnd - 1, StandardCharsets.US_ASCII),
        Arrays.copyOfRange(bytes, senderEnd, bytes.length));
  }
}
