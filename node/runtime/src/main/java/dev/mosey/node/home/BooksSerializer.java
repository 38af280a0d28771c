package dev.mosey.node.home;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.io.NotSerializableException;
import java.util.Map;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Writes a home's journal and snapshots as CBOR under logical names with a version, so that classes
 * may be renamed and moved. Fields are only ever added; a name that this program does not know was
 * written by a newer one, and the books stay shut rather than be read by halves.
 *
 * <p>Repeated strings are written once (CBOR string references): the names of fields would
 * otherwise be most of a record.
 */
public final class BooksSerializer extends SerializerWithStringManifest {
  /** Unique among the serializers of a node; never changed. */
  public static final int IDENTIFIER = 17_355_001;

  private static final Map<String, Class<?>> TYPES =
      Map.of("books-record/1", BooksRecord.class, "books-snapshot/1", HomeSnapshot.class);
  private static final ObjectMapper MAPPER =
      Json.mapper(CBORFactory.builder().enable(CBORGenerator.Feature.STRINGREF).build());
  private static final ObjectWriter WRITER = MAPPER.writer();
  private static final ObjectReader READER = MAPPER.reader();

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object value) {
    for (var type : TYPES.entrySet()) {
      if (type.getValue().isInstance(value)) {
        return type.getKey();
      }
    }
    throw new IllegalArgumentException("not of a home's journal: " + value.getClass());
  }

  @Override
  public byte[] toBinary(Object value) {
    try {
      return WRITER.writeValueAsBytes(value);
    } catch (IOException e) {
      throw new IllegalArgumentException("can't be written to the journal: " + value, e);
    }
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    Class<?> type = TYPES.get(manifest);
    if (type == null) {
      throw newer(manifest);
    }
    try {
      return READER.forType(type).readValue(bytes);
    } catch (InvalidTypeIdException e) {
      throw newer(e.getTypeId());
    } catch (IOException e) {
      if (e instanceof InvalidFormatException value && value.getTargetType().isEnum()) {
        throw newer(value.getValue());
      }
      throw (NotSerializableException)
          new NotSerializableException("unreadable " + manifest + ": " + e.getMessage())
              .initCause(e);
    }
  }

  private static NotSerializableException newer(Object what) {
    return new NotSerializableException(
        "the journal holds '" + what + "', which a newer version of this program wrote");
  }
}
