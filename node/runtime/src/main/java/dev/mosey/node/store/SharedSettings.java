package dev.mosey.node.store;

import dev.mosey.node.config.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where a home's books are. Defaults, units and advice: {@code mosd.store} in {@code
 * store-reference.conf}.
 *
 * @param shared whether they are in a database; the rest counts only then
 * @param url of the database, {@code jdbc:postgresql://HOST:PORT/NAME}
 * @param user to log in as
 * @param password empty for none
 * @param schema of the tables; made when it is not there
 * @param connections at most, to the database
 * @param connectPatience for one connection to be made
 * @param statementPatience for one statement, after which its connection is given up
 * @param openPatience how long a start waits for a database that does not answer
 * @param right how long an opener keeps the books without a sign of life
 * @param takeoverAfter how long after that books are left alone before another node opens them;
 *     zero for ever
 */
public record SharedSettings(
    boolean shared,
    String url,
    String user,
    String password,
    String schema,
    int connections,
    Duration connectPatience,
    Duration statementPatience,
    Duration openPatience,
    Duration right,
    Duration takeoverAfter) {
  /** Everything on the node's own disk. */
  public static final SharedSettings NONE =
      new SharedSettings(
          false,
          "",
          "",
          "",
          "",
          0,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO);

  /** In the data directory. */
  public static final String EMBEDDED = "embedded";

  /** In a database. */
  public static final String POSTGRESQL = "postgresql";

  /** Reads {@code mosd.store}; everything wrong goes to its problems. */
  public static SharedSettings read(Section store) {
    String kind = store.text("kind");
    if (!kind.equals(EMBEDDED) && !kind.equals(POSTGRESQL))
      store.refuse("kind", "mosd.store.kind = " + kind + " is no store", "embedded or postgresql");
    boolean shared = isShared(store);
    var section = store.in(POSTGRESQL);
    // Books are carried to it, and from it, while it is not the store.
    boolean used = shared || !section.text("url").isEmpty();
    var second = Duration.ofSeconds(1);
    var read =
        new SharedSettings(
            shared,
            section.text("url"),
            section.text("user"),
            used ? password(section) : "",
            section.text("schema"),
            section.whole("connections", 2, 100),
            section.duration("connect-timeout", second.dividedBy(10), second.multipliedBy(300)),
            section.duration("statement-timeout", second, second.multipliedBy(3600)),
            section.duration("open-timeout", Duration.ZERO, second.multipliedBy(86_400)),
            section.duration("right", second, second.multipliedBy(3600)),
            section.duration("takeover-after", Duration.ZERO, second.multipliedBy(604_800)));
    if (used) read.check(section);
    return read;
  }

  /** Whether {@code mosd.store} says that the books are in a database. */
  public static boolean isShared(Section store) {
    return store.text("kind").equals(POSTGRESQL);
  }

  private void check(Section section) {
    if (!url.startsWith("jdbc:postgresql:"))
      section.refuse(
          "url",
          "mosd.store.postgresql.url = '" + url + "' is no address of a PostgreSQL database",
          "write jdbc:postgresql://HOST:PORT/DATABASE");
    if (url.contains("password="))
      section.refuse(
          "url",
          "mosd.store.postgresql.url has a password in it",
          "write it into a file of mode 600 and name that with password-file");
    if (section.isSet("right") && openPatience.compareTo(right) < 0)
      section.refuse(
          "right",
          "mosd.store.postgresql.right is longer than open-timeout",
          "a start that waits for books must outlast the right to them");
    if (user.isEmpty())
      section.refuse("user", "mosd.store.postgresql.user is not set", "who logs in there");
    if (!schema.matches("[a-z_][a-z0-9_]{0,62}"))
      section.refuse(
          "schema",
          "mosd.store.postgresql.schema = '" + schema + "' is no name",
          "a-z, 0-9 and _, at most 63");
  }

  private static String password(Section section) {
    String file = section.text("password-file");
    if (file.isEmpty()) return "";
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException unreadable) {
      section.refuse(
          "password-file",
          "mosd.store.postgresql.password-file " + file + " can't be read",
          "it holds the password and nothing else, and belongs to the user of the daemon");
      return "";
    }
  }
}
