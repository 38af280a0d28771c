package dev.mosey.node.boot;

import dev.mosey.node.config.NodeSettings;
import dev.mosey.node.store.Conversion;
import dev.mosey.node.store.SharedSettings;
import dev.mosey.node.store.StoreException;
import java.io.PrintStream;
import java.security.SecureRandom;

/** {@code mosd --convert-store KIND}: carries the books of a stopped node to the other store. */
final class StoreConverter {
  private StoreConverter() {}

  /**
   * Does it and says what was carried; the exit status.
   *
   * @throws Refusal with a line for the user
   */
  static int run(NodeSettings settings, String kind, PrintStream out) {
    boolean toDatabase = kind.equals(SharedSettings.POSTGRESQL);
    if (!toDatabase && !kind.equals(SharedSettings.EMBEDDED)) {
      throw new Refusal(
          Refusal.USAGE, "--convert-store " + kind + " is no store", "embedded or postgresql");
    }
    if (settings.sharing().url().isEmpty()) {
      throw new Refusal(
          Refusal.USAGE,
          "--convert-store needs mosd.store.postgresql.url, which is not set",
          "name the database in the file given with --config");
    }
    try {
      Conversion.run(
              settings.data(),
              settings.name(),
              Daemon.storeSettings(settings),
              settings.sharing(),
              toDatabase,
              new SecureRandom())
          .forEach(
              (what, counted) ->
                  out.printf("%-10s %8d, %d bytes%n", what, counted.number(), counted.bytes()));
    } catch (StoreException failed) {
      throw new Refusal(Refusal.REFUSED, failed.getMessage(), failed.hint());
    }
    out.println(
        "the books of " + settings.name() + " are carried over; now set mosd.store.kind = " + kind);
    return 0;
  }
}
