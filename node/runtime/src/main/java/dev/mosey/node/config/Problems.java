package dev.mosey.node.config;

import com.typesafe.config.ConfigOrigin;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers whatever is wrong with the settings, so that a user hears of all of it at once. Not safe
 * for use by several threads.
 */
public final class Problems {
  private final List<Problem> refusals = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  /**
   * One thing that is wrong.
   *
   * @param what a line that says where and what
   * @param hint what to do about it, or null
   */
  public record Problem(String what, String hint) {}

  /** The settings can't be used because of this. */
  public void refuse(String what, String hint) {
    refusals.add(new Problem(what, hint));
  }

  /** The settings can be used, but the user should know this. */
  public void warn(String what, String hint) {
    warnings.add(new Problem(what, hint));
  }

  /** What forbids to go on, in the order found. */
  public List<Problem> refusals() {
    return List.copyOf(refusals);
  }

  /** What the user should know. */
  public List<Problem> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * Where a value was written: {@code FILE:LINE}, a flag, an environment variable, or {@code
   * default}.
   */
  static String place(ConfigOrigin origin) {
    if (origin.description().contains("reference.conf")) {
      return "default";
    }
    String file = origin.filename() != null ? origin.filename() : origin.description();
    return origin.lineNumber() > 0 ? file + ":" + origin.lineNumber() : file;
  }
}
