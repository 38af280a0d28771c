package dev.mosey.tools.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON value. Reading is forgiving: what is absent or of another kind gives null, an empty list
 * or the default, so that a tool works with an older or newer node.
 */
public sealed interface JsonValue {

  /** {@code {...}}, in the order it was written. */
  record Members(Map<String, JsonValue> all) implements JsonValue {
    /** An empty one, to be filled. */
    public Members() {
      this(new LinkedHashMap<>());
    }

    /** Puts a member, unless the value is null. Takes text, numbers, booleans, lists and values. */
    public Members put(String name, Object value) {
      if (value != null) {
        all.put(name, JsonValue.of(value));
      }
      return this;
    }

    @Override
    public String toString() {
      return JsonText.write(this);
    }
  }

  /** {@code [...]}. */
  record Items(List<JsonValue> all) implements JsonValue {
    @Override
    public String toString() {
      return JsonText.write(this);
    }
  }

  /** A text. */
  record Text(String value) implements JsonValue {
    @Override
    public String toString() {
      return JsonText.write(this);
    }
  }

  /** A number, true, false or null, as it is written. */
  record Plain(String written) implements JsonValue {
    /** {@code null}. */
    public static final Plain NULL = new Plain("null");

    @Override
    public String toString() {
      return written;
    }
  }

  /** From text, numbers, booleans, maps, lists and values. */
  static JsonValue of(Object value) {
    // No switch over types, here and below: the first one costs 15 ms at every start of a tool.
    if (value == null) {
      return Plain.NULL;
    }
    if (value instanceof JsonValue already) {
      return already;
    }
    if (value instanceof Boolean truth) {
      return new Plain(truth.toString());
    }
    if (value instanceof Number number) {
      return new Plain(JsonText.number(number));
    }
    if (value instanceof List<?> list) {
      List<JsonValue> items = new ArrayList<>();
      list.forEach(item -> items.add(of(item)));
      return new Items(items);
    }
    if (value instanceof Map<?, ?> map) {
      Members members = new Members();
      map.forEach((name, each) -> members.put(name.toString(), each));
      return members;
    }
    return new Text(value.toString());
  }

  /** A member, or null value when there is none. */
  default JsonValue get(String name) {
    return this instanceof Members members
        ? members.all.getOrDefault(name, Plain.NULL)
        : Plain.NULL;
  }

  /** The items of a list; empty when it is none. */
  default List<JsonValue> items() {
    return this instanceof Items items ? items.all : List.of();
  }

  /** The members; empty when it has none. */
  default Map<String, JsonValue> members() {
    return this instanceof Members members ? members.all : Map.of();
  }

  /** A member's text, or a number or boolean as it is written; null when absent. */
  default String text(String name) {
    return get(name).asText();
  }

  /** A member's text, or the default when absent. */
  default String text(String name, String absent) {
    String text = text(name);
    return text == null ? absent : text;
  }

  /** A member's number, or NaN when absent. */
  default double number(String name) {
    return get(name).asNumber();
  }

  /** A member's texts. */
  default List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    get(name).items().forEach(item -> texts.add(item.asText()));
    return texts;
  }

  /** Whether a member is true. */
  default boolean isTrue(String name) {
    return get(name) instanceof Plain plain && plain.written.equals("true");
  }

  /** Whether a member is there. */
  default boolean has(String name) {
    return !get(name).isNull();
  }

  /** This value as text; null when it is null, a list or an object. */
  default String asText() {
    if (this instanceof Text text) {
      return text.value;
    }
    return this instanceof Plain plain && !isNull() ? plain.written : null;
  }

  /** Whether it is {@code null}. */
  default boolean isNull() {
    return this instanceof Plain plain && plain.written.equals("null");
  }

  /** This value as number; NaN when it is none. */
  default double asNumber() {
    try {
      return this instanceof Plain plain ? Double.parseDouble(plain.written) : Double.NaN;
    } catch (NumberFormatException notANumber) {
      return Double.NaN;
    }
  }
}
