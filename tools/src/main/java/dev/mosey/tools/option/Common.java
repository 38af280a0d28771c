package dev.mosey.tools.option;

import java.util.List;

/** The options that every tool and verb has. */
public final class Common {
  /** Which node to talk to. */
  public static final Option NODE =
      Option.value(
          "--node",
          "URL",
          "Node to talk to, several by comma (default: $MOSEY_NODE, else your own running node,"
              + " else http://127.0.0.1:7626).");

  /** Where the cluster's key is. */
  public static final Option KEY_DIR =
      Option.value(
              "--key-dir",
              "DIR",
              "Where the cluster's key is (default: $MOSEY_KEY_DIR, else"
                  + " ${XDG_CONFIG_HOME:-~/.config}/mosey).")
          .of(Values.DIRECTORY);

  /** How to print. */
  public static final Option OUTPUT =
      Option.value(
              "-o, --output",
              "MODE",
              "table, wide, json or quiet (default: $MOSEY_FORMAT, else table).")
          .of(Values.words("table", "wide", "json", "quiet"));

  /** JSON. */
  public static final Option JSON = Option.flag("--json", "Short for -o json.");

  /** Help. */
  public static final Option HELP = Option.flag("-h, --help", "Show this help.");

  /** Version. */
  public static final Option VERSION = Option.flag("--version", "Show the version.");

  /** All of them. */
  public static final List<Option> ALL = List.of(NODE, KEY_DIR, OUTPUT, JSON, HELP, VERSION);

  private Common() {}
}
