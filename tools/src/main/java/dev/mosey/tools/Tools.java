package dev.mosey.tools;

import dev.mosey.tools.node.Bestnode;
import dev.mosey.tools.node.Migrate;
import dev.mosey.tools.node.Mosctl;
import dev.mosey.tools.node.Moskey;
import dev.mosey.tools.node.Mosps;
import dev.mosey.tools.node.Tune;
import dev.mosey.tools.option.Command;
import dev.mosey.tools.queue.Killall;
import dev.mosey.tools.queue.Mosq;
import dev.mosey.tools.service.Mosixd;
import java.util.List;

/** Which tools there are. */
public final class Tools {
  private static final List<String> NAMES =
      List.of(
          "mosixd",
          "mosq",
          "mosps",
          "migrate",
          "mosctl",
          "bestnode",
          "tune",
          "prep_tune",
          "tune_mosix",
          "moskillall",
          "moskey");

  private static final List<String> LATER =
      List.of(
          "mosrun",
          "mosenv",
          "native",
          "mosnative",
          "mosqueue",
          "mon",
          "mosmon",
          "features",
          "setpe",
          "setcl",
          "mosconf",
          "mos_checkconf",
          "qmd",
          "remoted",
          "mosim");

  private Tools() {}

  /** The names of all tools, without their other names. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * A tool by any of its names, or null. Only its own model is built: the others cost time.
   *
   * @throws Failure for a tool of a later release
   */
  public static Command find(String name) {
    return switch (name) {
      case "mosq" -> Mosq.command();
      case "mosixd" -> Mosixd.command();
      case "mosps" -> Mosps.command();
      case "migrate", "mosmigrate" -> Migrate.command();
      case "mosctl" -> Mosctl.command();
      case "bestnode", "mosbestnode" -> Bestnode.command();
      case "tune", "mostune" -> Tune.command();
      case "prep_tune" -> Tune.prepare();
      case "tune_mosix" -> Tune.all();
      case "moskillall" -> Killall.command();
      case "moskey" -> Moskey.command();
      default -> {
        if (LATER.contains(name)) {
          throw Failure.later(name);
        }
        yield null;
      }
    };
  }

  /** The version of the program. */
  public static String version() {
    String version = Tools.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }
}
