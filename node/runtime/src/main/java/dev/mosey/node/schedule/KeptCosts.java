package dev.mosey.node.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.mosey.node.store.AtomicFile;
import dev.mosey.node.store.StoreException;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What moves to each node have cost beside the way of their image, kept over restarts with the time
 * of the newest move in the file {@code costs.json} of the data directory. What is older than a
 * week counts no more: by then machines and networks may be others. Not for several threads.
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
   * @param setupSeconds of a move, its image not counted
   * @param moves that it comes from
   * @param measured when the newest of them ended
   */
  record Cost(double setupSeconds, long moves, Instant measured) {}

  /** In that directory, which exists. A file that can't be read costs no more than its content. */
  public KeptCosts(Path dataDirectory) {
    this.file = new AtomicFile(dataDirectory.resolve("costs.json"));
    try {
      String text = file.readText().orElse("{}");
      costs.putAll(Json.MAPPER.readValue(text, new TypeReference<Map<NodeName, Cost>>() {}));
      costs.values().removeIf(cost -> cost.measured() == null || !(cost.setupSeconds() >= 0));
    } catch (StoreException damaged) {
      LOG.warn("event=file-unreadable file={} reason=\"{}\"", file.path(), damaged.getMessage());
    } catch (JsonProcessingException odd) {
      LOG.warn("event=file-unreadable file={} costs=forgotten", file.path());
    }
  }

  /** Set-up by target, in seconds, as far as it is not too old. */
  Map<NodeName, Double> setups(Instant now) {
    costs.values().removeIf(cost -> cost.measured().isBefore(now.minus(KEPT)));
    Map<NodeName, Double> setups = new TreeMap<>();
    costs.forEach((node, cost) -> setups.put(node, cost.setupSeconds()));
    return setups;
  }

  /** After one more move to this node; written with the next {@link #write}. */
  void measured(NodeName target, double setupSeconds, Instant now) {
    costs.merge(
        target,
        new Cost(setupSeconds, 1, now),
        (old, one) -> new Cost(setupSeconds, old.moves() + 1, now));
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
