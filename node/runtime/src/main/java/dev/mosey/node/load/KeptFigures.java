package dev.mosey.node.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.mosey.node.store.AtomicFile;
import dev.mosey.node.store.StoreException;
import dev.mosey.protocol.json.Json;
import dev.mosey.protocol.load.TuneSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a load monitor keeps over restarts in the data directory: the tunes and the measured speed.
 * A file that can't be read or written costs no more than its content: it is said in the log.
 *
 * <p>The speed is a property of the machine: the first node that measures it leaves it where the
 * user's other nodes on this machine find it, so that all of them count alike.
 */
public final class KeptFigures {
  private static final Logger LOG = LoggerFactory.getLogger(KeptFigures.class);

  private final AtomicFile tunes;
  private final AtomicFile speed;
  private final Path machineSpeed;

  /**
   * In that directory.
   *
   * @param dataDirectory of this node, which exists
   * @param shared directory of the user's nodes, possibly on several machines
   * @param hostName of this machine
   */
  public KeptFigures(Path dataDirectory, Path shared, String hostName) {
    this.tunes = new AtomicFile(dataDirectory.resolve("tunes"));
    this.speed = new AtomicFile(dataDirectory.resolve("speed"));
    this.machineSpeed = shared.resolve("speed-" + hostName.replaceAll("[^A-Za-z0-9.-]", "_"));
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

  /** The speed measured at an earlier start, or by another node of this machine. */
  OptionalDouble speed() {
    OptionalDouble own = number(read(speed).orElse(""));
    if (own.isPresent()) {
      return own;
    }
    try {
      return number(Files.readString(machineSpeed));
    } catch (IOException none) {
      return OptionalDouble.empty();
    }
  }

  /**
   * Keeps what was measured, unless another node of this machine was first.
   *
   * @return the speed to use
   */
  double keep(double measured) {
    double used = measured;
    try {
      Files.writeString(machineSpeed, measured + "\n", StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException first) {
      used = speed().orElse(measured);
    } catch (IOException failed) {
      LOG.warn("event=file-not-kept file={} reason={}", machineSpeed, failed.getMessage());
    }
    write(speed, used + "\n");
    return used;
  }

  /** Keeps the speed that somebody set for this node alone. */
  void set(double wanted) {
    write(speed, wanted + "\n");
  }

  private static OptionalDouble number(String text) {
    try {
      double number = Double.parseDouble(text.strip());
      return number > 0 && Double.isFinite(number)
          ? OptionalDouble.of(number)
          : OptionalDouble.empty();
    } catch (NumberFormatException odd) {
      return OptionalDouble.empty();
    }
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
