package dev.mosey.node.store;

import dev.mosey.protocol.id.NodeName;
import java.time.Instant;
import java.util.HashMap;
import java.util.Optional;

/**
 * Who a data directory is.
 *
 * @param name the node's name
 * @param storeId 16 hex digits, drawn when the directory was created; a restored copy keeps them
 * @param session counts the starts of a node on this directory, from 1; never repeats, also not
 *     after a restore
 * @param restoredAt when this directory was brought back from a backup, until {@link
 *     DataDirectory#clearRestored} is called. While it is set, the books must be opened with an
 *     epoch above their own and not below {@code restoredAt} in epoch seconds: two restores of one
 *     backup then never share an epoch
 */
public record Identity(NodeName name, String storeId, long session, Optional<Instant> restoredAt) {

  /** Whether the books still have to be given a new epoch. */
  public boolean restored() {
    return restoredAt.isPresent();
  }

  Identity withSession(long next) {
    return new Identity(name, storeId, next, restoredAt);
  }

  /** The session jumps ahead of all that the lost directory can have used after the backup. */
  Identity restoredAt(Instant now) {
    return new Identity(name, storeId, Math.max(session, now.getEpochSecond()), Optional.of(now));
  }

  Identity withoutRestored() {
    return new Identity(name, storeId, session, Optional.empty());
  }

  String toText() {
    return "name=%s\nstore=%s\nsession=%d\n%s"
        .formatted(
            name,
            storeId,
            session,
            restoredAt.map(at -> "restored=" + at.getEpochSecond() + "\n").orElse(""));
  }

  static Identity parse(String text, String file) {
    var fields = new HashMap<String, String>();
    text.lines()
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              if (equals > 0) fields.put(line.substring(0, equals), line.substring(equals + 1));
            });
    try {
      var storeId = fields.getOrDefault("store", "");
      if (!storeId.matches("[0-9a-f]{16}")) throw new IllegalArgumentException("no store id");
      return new Identity(
          NodeName.of(fields.get("name")),
          storeId,
          Long.parseLong(fields.get("session")),
          Optional.ofNullable(fields.get("restored"))
              .map(seconds -> Instant.ofEpochSecond(Long.parseLong(seconds))));
    } catch (RuntimeException e) {
      throw StoreException.corrupt(file, "not an identity: " + e.getMessage(), e);
    }
  }
}
