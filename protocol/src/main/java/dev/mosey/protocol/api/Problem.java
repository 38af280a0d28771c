package dev.mosey.protocol.api;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * An error over HTTP, as problem+json (RFC 9457) with two members more.
 *
 * @param type always {@code about:blank#CODE}
 * @param title what happened, in one line
 * @param status as in HTTP
 * @param code stable word for programs: {@code not_found}, {@code bad_request}, {@code busy}, ...
 * @param hint what to do, in one line; absent where there is nothing to say
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(String type, String title, int status, String code, String hint) {
  /** With the type derived from the code. */
  public static Problem of(int status, String code, String title, String hint) {
    return new Problem("about:blank#" + code, title, status, code, hint);
  }
}
