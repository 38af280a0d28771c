package dev.mosey.node.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.mosey.node.store.AtomicFile;
import dev.mosey.node.store.StoreException;
import dev.mosey.policy.balance.Link;
import dev.mosey.protocol.api.LinkView;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What moves to each node have cost beside the way of their image, and what has been measured on
 * the way there, kept over restarts with the time of the newest of each in the file {@code
 * costs.json} of the data directory. What is older than a week counts no more: by then machines and
 * networks may be others. Not for several threads.
 */
public final class KeptCosts {
  private static final Logger LOG = LoggerFactory.getLogger(KeptCosts.class);
  private static final Duration KEPT = Duration.ofDays(7);
  private static final long WRITTEN_EVERY_MILLIS = 10_000;

  private final AtomicFile file;
  private final Map<NodeName, Cost> costs = new TreeMap<>();
  private boolean changed;
  private long writtenMillis = -WRITTEN_EVERY_MILLIS;

  /**
   * To one node.
   *
   * @param setupSeconds of a move, its image not counted; 0 without one
   * @param moves that it comes from
   * @param measured when the newest of them ended; null without one
   * @param link as measured without a move, or null
   * @param linked when that was, or null
   */
  record Cost(double setupSeconds, long moves, Instant measured, Link link, Instant linked) {
    boolean isAny() {
      return measured != null && setupSeconds >= 0 || link != null && linked != null;
    }

    LinkView view(String from, String to) {
      return new LinkView(
          from,
          to,
          link == null ? null : link.roundTripSeconds() * 1_000,
          link == null ? null : link.startSeconds() * 1_000,
          link == null ? null : link.writeBytesPerSecond(),
          link == null ? null : link.carryBytesPerSecond(),
          link == null ? null : link.readBytesPerSecond(),
          linked,
          measured == null ? null : setupSeconds * 1_000,
          moves,
          measured);
    }

    Cost since(Instant oldest) {
      boolean moved = measured != null && !measured.isBefore(oldest);
      boolean seen = linked != null && !linked.isBefore(oldest);
      return new Cost(
          moved ? setupSeconds : 0,
          moved ? moves : 0,
          moved ? measured : null,
          seen ? link : null,
          seen ? linked : null);
    }
  }

  /** In that directory, which exists. A file that can't be read costs no more than its content. */
  public KeptCosts(Path dataDirectory) {
    this.file = new AtomicFile(dataDirectory.resolve("costs.json"));
    try {
      String text = file.readText().orElse("{}");
      costs.putAll(Json.MAPPER.readValue(text, new TypeReference<Map<NodeName, Cost>>() {}));
      costs.values().removeIf(cost -> !cost.isAny());
    } catch (StoreException damaged) {
      LOG.warn("event=file-unreadable file={} reason=\"{}\"", file.path(), damaged.getMessage());
    } catch (JsonProcessingException odd) {
      LOG.warn("event=file-unreadable file={} costs=forgotten", file.path());
    }
  }

  /** Set-up by target, in seconds, as far as it is not too old. */
  Map<NodeName, Double> setups(Instant now) {
    Map<NodeName, Double> setups = new TreeMap<>();
    all(now)
        .forEach(
            (node, cost) -> {
              if (cost.measured() != null) {
                setups.put(node, cost.setupSeconds());
              }
            });
    return setups;
  }

  /** The links, as far as they are not too old. */
  Map<NodeName, Link> links(Instant now) {
    Map<NodeName, Link> links = new TreeMap<>();
    all(now)
        .forEach(
            (node, cost) -> {
              if (cost.link() != null) {
                links.put(node, cost.link());
              }
            });
    return links;
  }

  /** All that is known and not too old. */
  Map<NodeName, Cost> all(Instant now) {
    costs.replaceAll((node, cost) -> cost.since(now.minus(KEPT)));
    costs.values().removeIf(cost -> !cost.isAny());
    return Collections.unmodifiableMap(costs);
  }

  /** After one more move to this node; written with the next {@link #write}. */
  void measured(NodeName target, double setupSeconds, Instant now) {
    costs.merge(
        target,
        new Cost(setupSeconds, 1, now, null, null),
        (old, one) -> new Cost(setupSeconds, old.moves() + 1, now, old.link(), old.linked()));
    changed = true;
  }

  /** The link to this node has been measured; written with the next {@link #write}. */
  void linked(NodeName target, Link link, Instant now) {
    costs.merge(
        target,
        new Cost(0, 0, null, link, now),
        (old, one) -> new Cost(old.setupSeconds(), old.moves(), old.measured(), link, now));
    changed = true;
  }

  /** Writes what has changed, every ten seconds at most. */
  void write(long bootMillis) {
    if (changed && bootMillis - writtenMillis >= WRITTEN_EVERY_MILLIS) {
      writtenMillis = bootMillis;
      write();
    }
  }

  /** Writes what has changed. */
  void write() {
    if (!changed) {
      return;
    }
    changed = false;
    try {
      file.writeText(new String(Json.bytes(costs), StandardCharsets.UTF_8) + "\n");
    } catch (StoreException failed) {
      LOG.warn("event=file-not-kept file={} reason=\"{}\"", file.path(), failed.getMessage());
    }
  }
}
