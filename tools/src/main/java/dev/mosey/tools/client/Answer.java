package dev.mosey.tools.client;

import dev.mosey.tools.Failure;
import dev.mosey.tools.json.JsonText;
import dev.mosey.tools.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a node answered.
 *
 * @param from which node
 * @param status as in HTTP
 * @param headers by name in lower case
 * @param body its bytes
 */
public record Answer(Endpoint from, int status, Map<String, String> headers, byte[] body) {
  private static final int ERROR = 400;

  /** Whether it is no error. */
  public boolean ok() {
    return status < ERROR;
  }

  /** A header, or null. */
  public String header(String name) {
    return headers.get(name);
  }

  /** A header's number, or the default. */
  public long number(String name, long absent) {
    try {
      String text = headers.get(name);
      return text == null ? absent : Long.parseLong(text.trim());
    } catch (NumberFormatException notANumber) {
      return absent;
    }
  }

  /**
   * The value of an answer that is no error.
   *
   * @throws Failure what the node said was wrong
   */
  public JsonValue json() {
    return orFail().parsed();
  }

  /**
   * This answer if it is no error.
   *
   * @throws Failure what the node said was wrong
   */
  public Answer orFail() {
    if (ok()) {
      return this;
    }
    throw failure();
  }

  /** Whether it says that the home of what was asked about does not answer. */
  public boolean isAway() {
    return !ok() && failure().code().equals("away");
  }

  /** What the node said was wrong. */
  public Failure failure() {
    JsonValue problem;
    try {
      problem = parsed();
    } catch (Failure notOurs) {
      return Failure.refused(
          from + " answered " + status + ", which no node of Mosey says",
          "is this address a node's?");
    }
    return new Failure(
        Failure.REFUSED,
        problem.text("code", "error"),
        problem.text("title", from + " answered " + status),
        problem.text("hint"));
  }

  private JsonValue parsed() {
    try {
      return JsonText.parse(new String(body, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException malformed) {
      throw Failure.refused(
          from + " does not answer like a node of Mosey", "is this address a node's?");
    }
  }
}
