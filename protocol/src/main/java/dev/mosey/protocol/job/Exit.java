package dev.mosey.protocol.job;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * How a body ended.
 *
 * @param code exit status 0 to 255, or null when a signal ended it
 * @param signal number of the signal, or null
 * @param why what Mosey had to do with it ("time limit", "lease lapsed", "not found", ...), or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Exit(Integer code, Integer signal, String why) {
  /** Ended by itself with this status. */
  public static Exit code(int code) {
    return new Exit(code, null, null);
  }

  /** Ended by this signal. */
  public static Exit signal(int signal) {
    return new Exit(null, signal, null);
  }

  /** The same with the reason that Mosey knows. */
  public Exit because(String reason) {
    return new Exit(code, signal, reason);
  }

  /** Whether it ended well. */
  public boolean ok() {
    return code != null && code == 0;
  }

  /** What a shell would report: the status, or 128 + signal. */
  public int shellStatus() {
    return code != null ? code : 128 + (signal == null ? 0 : signal);
  }
}
