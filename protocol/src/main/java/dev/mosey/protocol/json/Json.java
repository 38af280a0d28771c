package dev.mosey.protocol.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.Collection;

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
      throw new IllegalArgumentException("there is no field " + path(e) + where(e), e);
    } catch (JsonMappingException e) {
      String field = path(e).isEmpty() ? "the JSON value" : path(e);
      String own = own(e);
      throw new IllegalArgumentException(
          own != null
              ? field + ": " + own
              : e.getCause() instanceof StreamReadException unread
                  ? unreadable(unread)
                  : field + " " + expected(e) + where(e),
          e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(unreadable(e), e);
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
    return path.isEmpty() ? "" : "'" + path + "'";
  }

  private static String where(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return at == null || at.getLineNr() < 1
        ? ""
        : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
  }

  /** What a record of ours said of its values, or null: that is for people already. */
  private static String own(JsonMappingException e) {
    return e.getCause() instanceof IllegalArgumentException refused && refused.getMessage() != null
        ? refused.getMessage().lines().findFirst().orElse(null)
        : null;
  }

  private static String expected(JsonMappingException e) {
    String said = e.getOriginalMessage() == null ? "" : e.getOriginalMessage();
    if (said.startsWith("Trailing token")) {
      return "has something behind it";
    }
    if (said.startsWith("Cannot map `null`")) {
      return "must not be absent or null";
    }
    Class<?> type = e instanceof MismatchedInputException wrong ? wrong.getTargetType() : null;
    if (type == null) {
      return "has the wrong type";
    }
    if (type == String.class) {
      return "must be a text";
    }
    if (type == Boolean.class || type == boolean.class) {
      return "must be true or false";
    }
    if (type == Double.class || type == double.class) {
      return "must be a number";
    }
    if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
      return "must be a whole number";
    }
    return Collection.class.isAssignableFrom(type) ? "must be a list" : "must be an object";
  }

  /** What can't be read as JSON at all, or not within the bounds of a number. */
  private static String unreadable(JsonProcessingException e) {
    String said = e.getOriginalMessage() == null ? "" : e.getOriginalMessage();
    if (e instanceof InputCoercionException) {
      return "a number is out of range" + where(e);
    }
    String what =
        switch (e) {
          case JsonEOFException end -> ": it ends too soon";
          case StreamConstraintsException much ->
              said.contains("nesting") ? ": it is nested too deeply" : ": a part of it is too long";
          case JsonProcessingException other ->
              said.startsWith("Duplicate field ")
                  ? ": the field " + said.substring("Duplicate field ".length()) + " is there twice"
                  : "";
        };
    return "not valid JSON" + what + where(e);
  }
}
