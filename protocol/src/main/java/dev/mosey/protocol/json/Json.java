package dev.mosey.protocol.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/**
 * The one way in which Mosey maps records: names in snake_case, times as ISO-8601, unknown fields
 * ignored and unknown enum values mapped to their default, so that an older version reads what a
 * newer one wrote.
 */
public final class Json {
  /** For JSON; immutable by convention, safe to share. */
  public static final ObjectMapper MAPPER = configure(new JsonMapper());

  private static final ObjectMapper STRICT =
      configure(
              JsonMapper.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);

  private Json() {}

  /** A mapper with the same rules for another format, for instance CBOR. */
  public static ObjectMapper mapper(JsonFactory factory) {
    return configure(new ObjectMapper(factory));
  }

  private static ObjectMapper configure(ObjectMapper mapper) {
    mapper.registerModule(new JavaTimeModule());
    mapper.setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
    mapper.setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
    mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
    mapper.configure(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE, true);
    mapper.configure(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, true);
    mapper.configure(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, false);
    mapper.configure(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS, false);
    mapper.configure(SerializationFeature.FAIL_ON_EMPTY_BEANS, false);
    mapper.setConfig(
        mapper.getSerializationConfig().with(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY));
    mapper
        .coercionConfigFor(LogicalType.Collection)
        .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail);
    return mapper;
  }

  /** Serializes a value of our own. */
  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("can't be written as JSON: " + value.getClass(), e);
    }
  }

  /**
   * Parses what somebody else wrote.
   *
   * @throws IllegalArgumentException with one sentence that says where it is wrong
   */
  public static <T> T parse(byte[] json, Class<T> type) {
    return parse(MAPPER, json, type);
  }

  /**
   * The same for what a person or a program of theirs wrote: unknown and repeated fields are wrong,
   * and so is a number that would have to be rounded or read from a text.
   *
   * @throws IllegalArgumentException with one sentence that says where it is wrong
   */
  public static <T> T parseStrictly(byte[] json, Class<T> type) {
    return parse(STRICT, json, type);
  }

  private static <T> T parse(ObjectMapper mapper, byte[] json, Class<T> type) {
    try {
      T value = mapper.readValue(json, type);
      if (value == null) {
        throw new IllegalArgumentException("expected a JSON object, found null");
      }
      return value;
    } catch (UnrecognizedPropertyException e) {
      throw new IllegalArgumentException("there is no field " + path(e).replace(": ", ""), e);
    } catch (JsonMappingException e) {
      throw new IllegalArgumentException(path(e) + firstLine(e.getOriginalMessage()), e);
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : " (line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr()
                  + ")";
      throw new IllegalArgumentException(
          "not valid JSON: " + firstLine(e.getOriginalMessage()) + where, e);
    } catch (java.io.IOException e) {
      throw new IllegalArgumentException("not readable: " + e.getMessage(), e);
    }
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
      } else {
        path.append('[').append(step.getIndex()).append(']');
      }
    }
    return path.isEmpty() ? "" : "'" + path + "': ";
  }

  private static String firstLine(String text) {
    String line = text == null ? "" : text.lines().findFirst().orElse("");
    if (line.startsWith("Cannot coerce")) {
      int value = line.indexOf('(');
      int end = line.indexOf(") to ");
      return value > 0 && end > value
          ? "expected something else than " + line.substring(value + 1, end)
          : "has the wrong type";
    }
    if (line.startsWith("Cannot map `null`")) {
      return "must not be absent or null";
    }
    if (line.startsWith("Trailing token")) {
      return "something follows after the JSON value";
    }
    int problem = line.indexOf("`, problem: ");
    if (problem > 0) {
      return line.substring(problem + "`, problem: ".length());
    }
    int from = line.indexOf(" from ");
    if (from > 0
        && (line.startsWith("Cannot deserialize") || line.startsWith("Cannot construct"))) {
      return "expected something else than"
          + line.substring(from + 5).replaceFirst(" \\(token `.*`\\)", "");
    }
    if (line.indexOf('`') >= 0) {
      return "has the wrong type";
    }
    return line;
  }
}
