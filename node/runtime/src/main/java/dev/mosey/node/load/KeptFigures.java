package dev.mosey.node.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.mosey.node.store.AtomicFile;
import dev.mosey.node.store.StoreException;
import dev.mosey.protocol.json.Json;
import dev.mosey.protocol.load.TuneSet;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a load monitor keeps over restarts in the data directory: the tunes and the measured speed.
 * A file that can't be read or written costs no more than its content: it is said in the log.
 */
public final class KeptFigures {
  private static final Logger LOG = LoggerFactory.getLogger(KeptFigures.class);

  private final AtomicFile tunes;
  private final AtomicFile speed;

  /** In that directory, which exists. */
  public KeptFigures(Path dataDirectory) {
    this.tunes = new AtomicFile(dataDirectory.resolve("tunes"));
    this.speed = new AtomicFile(dataDirectory.resolve("speed"));
  }

  /** The tunes last kept, or the defaults. */
  TuneSet tunes() {
    return read(tunes)
        .map(
            text -> {
              try {
                return Json.MAPPER.readValue(text, TuneSet.class);
              } catch (JsonProcessingException odd) {
                LOG.warn("event=tunes-unreadable file={} tunes=defaults", tunes.path());
                return null;
              }
            })
        .orElse(TuneSet.DEFAULTS);
  }

  void keep(TuneSet set) {
    write(tunes, new String(Json.bytes(set), StandardCharsets.UTF_8));
  }

  /** The speed measured at an earlier start. */
  OptionalDouble speed() {
    try {
      return read(speed)
          .map(text -> OptionalDouble.of(Double.parseDouble(text.strip())))
          .orElse(OptionalDouble.empty());
    } catch (NumberFormatException odd) {
      return OptionalDouble.empty();
    }
  }

  void keep(double measured) {
    write(speed, measured + "\n");
  }

  private static Optional<String> read(AtomicFile file) {
    try {
      return file.readText();
    } catch (StoreException damaged) {
      LOG.warn("event=file-unreadable file={} reason={}", file.path(), damaged.getMessage());
      return Optional.empty();
    }
  }

  private static void write(AtomicFile file, String text) {
    try {
      file.writeText(text);
    } catch (StoreException failed) {
      LOG.warn("event=file-not-kept file={} reason={}", file.path(), failed.getMessage());
    }
  }
}
