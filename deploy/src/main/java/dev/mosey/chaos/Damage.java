package dev.mosey.chaos;

import dev.mosey.demo.DemoFailure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Spoils files of a node's data directory, as disks and power cuts do. */
final class Damage {
  private static final int BLOCK_BYTES = 32 * 1024;
  private static final int HEADER_BYTES = 7;
  private static final int RECORD_BYTES = 400;
  private static final int WRITTEN_BYTES = 150;

  private final Path data;

  /** Of the node with this data directory. */
  Damage(Path data) {
    this.data = data;
  }

  /**
   * One bit that is another.
   *
   * @param file with it
   * @param at byte
   */
  record Bit(Path file, long at) {
    /** Turns it over; done twice, all is as before. */
    void flip() {
      try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
        content.seek(at);
        int before = content.read();
        content.seek(at);
        content.write(before ^ 0x10);
      } catch (IOException e) {
        throw new DemoFailure(file + " can't be spoilt: " + e.getMessage());
      }
    }
  }

  /**
   * Appends the beginning of a record to the newest log of the books: what a machine leaves that
   * goes down in the middle of a write which nobody was told of. The format is that of RocksDB's
   * log files: checksum (4 bytes), length (2), type (1), payload, in blocks of 32 KiB.
   */
  void tear() {
    List<Path> logs = files(data.resolve("books"), name -> name.endsWith(".log"));
    if (logs.isEmpty()) {
      return;
    }
    try (RandomAccessFile log = new RandomAccessFile(logs.getLast().toFile(), "rw")) {
      long size = log.length();
      long left = BLOCK_BYTES - size % BLOCK_BYTES;
      long begin = left < HEADER_BYTES + RECORD_BYTES ? size + left : size;
      ByteBuffer record = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      record.putInt(0x5eed5eed).putShort((short) RECORD_BYTES).put((byte) 1);
      log.seek(begin);
      log.write(record.array());
      log.write(new byte[WRITTEN_BYTES]);
    } catch (IOException e) {
      throw new DemoFailure(logs.getLast() + " can't be spoilt: " + e.getMessage());
    }
  }

  /**
   * A bit of the books' journal, or of the list of its files while that has nothing.
   *
   * @param where share of the file, 0 to 1
   */
  Optional<Bit> ofJournal(double where) {
    List<Path> logs =
        files(data.resolve("books"), name -> name.endsWith(".log") || name.startsWith("MANIFEST-"));
    return logs.stream()
        .max(Comparator.comparingLong(Damage::size))
        .filter(log -> size(log) > 0)
        .map(log -> new Bit(log, checked(log, where)));
  }

  /** A byte that belongs to a record: the end of a block may be unused. */
  private static long checked(Path log, double where) {
    long at = (long) (where * size(log));
    return at % BLOCK_BYTES >= BLOCK_BYTES - HEADER_BYTES ? at - HEADER_BYTES : at;
  }

  /**
   * A bit of a kept image.
   *
   * @param where share of all that are kept, and of one
   * @param is whether a file of this name, which is its checksum, is an image
   */
  Optional<Bit> ofImage(double where, Predicate<String> is) {
    List<Path> images = files(data.resolve("blobs"), is);
    return images.isEmpty()
        ? Optional.empty()
        : Optional.of(images.get((int) (where * images.size())))
            .filter(image -> size(image) > 0)
            .map(image -> new Bit(image, (long) (where * size(image))));
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException gone) {
      return 0;
    }
  }

  private static List<Path> files(Path directory, Predicate<String> wanted) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> wanted.test(file.getFileName().toString()))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException | java.io.UncheckedIOException gone) {
      return List.of();
    }
  }
}
