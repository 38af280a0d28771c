package dev.mosey.tools;

import dev.mosey.tools.option.Command;
import dev.mosey.tools.queue.Mosq;
import dev.mosey.tools.service.Mosixd;
import java.util.List;

/** Which tools there are. */
public final class Tools {
  private static final List<String> NAMES =
      List.of("mosixd", "mosq", "mosps", "migrate", "mosctl", "bestnode", "tune", "moskey");

  private Tools() {}

  /** The names of all tools, without their other names. */
  public static List<String> names() {
    return NAMES;
  }

  /** A tool by any of its names, or null. Only its own model is built: the others cost time. */
  public static Command find(String name) {
    return switch (name) {
      case "mosq" -> Mosq.command();
      case "mosixd" -> Mosixd.command();
      default -> null;
    };
  }

  /** The version of the program. */
  public static String version() {
    String version = Tools.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }
}
