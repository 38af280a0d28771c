package dev.mosey.tools.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and writes {@link JsonValue}. */
public final class JsonText {
  private static final int DEPTH_MOST = 100;

  private final String text;
  private int at;
  private int depth;

  private JsonText(String text) {
    this.text = text;
  }

  /**
   * Parses one value.
   *
   * @throws IllegalArgumentException with a sentence that says where it is wrong
   */
  public static JsonValue parse(String text) {
    JsonText reader = new JsonText(text);
    JsonValue value = reader.value();
    reader.skip();
    if (reader.at < text.length()) {
      throw reader.wrong("something follows the value");
    }
    return value;
  }

  private JsonValue value() {
    skip();
    if (++depth > DEPTH_MOST) {
      throw wrong("it is nested too deeply");
    }
    JsonValue value =
        switch (peek()) {
          case '{' -> object();
          case '[' -> array();
          case '"' -> new JsonValue.Text(string());
          default -> plain();
        };
    depth--;
    return value;
  }

  private JsonValue object() {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    at++;
    skip();
    if (peek() == '}') {
      at++;
      return new JsonValue.Members(members);
    }
    while (true) {
      skip();
      if (peek() != '"') {
        throw wrong("a name is missing");
      }
      String name = string();
      skip();
      expect(':');
      members.put(name, value());
      skip();
      if (peek() == '}') {
        at++;
        return new JsonValue.Members(members);
      }
      expect(',');
    }
  }

  private JsonValue array() {
    List<JsonValue> items = new ArrayList<>();
    at++;
    skip();
    if (peek() == ']') {
      at++;
      return new JsonValue.Items(items);
    }
    while (true) {
      items.add(value());
      skip();
      if (peek() == ']') {
        at++;
        return new JsonValue.Items(items);
      }
      expect(',');
    }
  }

  private JsonValue plain() {
    int start = at;
    while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String written = text.substring(start, at);
    switch (written) {
      case "null":
        return JsonValue.Plain.NULL;
      case "true", "false":
        return new JsonValue.Plain(written);
      default:
        if (!isNumber(written)) {
          at = start;
          throw wrong("a value is missing");
        }
        return new JsonValue.Plain(written);
    }
  }

  private static boolean isNumber(String written) {
    if (written.isEmpty()) {
      return false;
    }
    for (int i = 0; i < written.length(); i++) {
      if ("0123456789+-.eE".indexOf(written.charAt(i)) < 0) {
        return false;
      }
    }
    try {
      Double.parseDouble(written);
      return true;
    } catch (NumberFormatException notANumber) {
      return false;
    }
  }

  private String string() {
    int start = ++at;
    while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\') {
      at++;
    }
    if (at < text.length() && text.charAt(at) == '"') {
      return text.substring(start, at++);
    }
    StringBuilder result = new StringBuilder(text.substring(start, at));
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return result.toString();
      }
      result.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> {
        if (at + 4 > text.length()) {
          throw wrong("it ends too soon");
        }
        at += 4;
        try {
          yield (char) Integer.parseInt(text, at - 4, at, 16);
        } catch (NumberFormatException notHexadecimal) {
          throw wrong("an escape is malformed");
        }
      }
      case '"', '\\', '/' -> c;
      default -> throw wrong("an escape is malformed");
    };
  }

  private void skip() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw wrong("it ends too soon");
    }
    return text.charAt(at);
  }

  private void expect(char c) {
    if (peek() != c) {
      throw wrong("'" + c + "' is missing");
    }
    at++;
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("not valid JSON: " + what + " at position " + at);
  }

  /** Writes a value on one line. */
  public static String write(JsonValue value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(JsonValue value, StringBuilder out) {
    switch (value) {
      case JsonValue.Plain plain -> out.append(plain.written());
      case JsonValue.Text plain -> quote(plain.value(), out);
      case JsonValue.Items items -> {
        char separator = '[';
        for (JsonValue item : items.all()) {
          out.append(separator);
          write(item, out);
          separator = ',';
        }
        out.append(items.all().isEmpty() ? "[]" : "]");
      }
      case JsonValue.Members members -> {
        char separator = '{';
        for (Map.Entry<String, JsonValue> member : members.all().entrySet()) {
          out.append(separator);
          quote(member.getKey(), out);
          out.append(':');
          write(member.getValue(), out);
          separator = ',';
        }
        out.append(members.all().isEmpty() ? "{}" : "}");
      }
    }
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u00").append(Character.forDigit(c >> 4, 16));
            out.append(Character.forDigit(c & 15, 16));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** Whole numbers without a fraction. */
  static String number(Number number) {
    double value = number.doubleValue();
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
    return whole ? Long.toString(number.longValue()) : number.toString();
  }
}
