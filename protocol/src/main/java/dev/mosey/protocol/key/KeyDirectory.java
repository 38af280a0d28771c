package dev.mosey.protocol.key;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The directory of the cluster's key: {@code cluster.pem} (private key and certificate) and {@code
 * token}, both of mode 600, and {@code run/} with a note for each node that runs here.
 *
 * @param path the directory; it need not exist
 */
public record KeyDirectory(Path path) {
  private static final String PEM = "cluster.pem";
  private static final String TOKEN = "token";
  private static final String LOCK = ".lock";

  /** Makes a new key. */
  @FunctionalInterface
  public interface Maker {
    /**
     * Makes one.
     *
     * @throws IOException with a sentence for the user
     */
    KeyMaterial make() throws IOException;
  }

  /** Where running nodes leave their notes. */
  public Path run() {
    return path.resolve("run");
  }

  /**
   * The key, or empty when there is none.
   *
   * @throws IOException with a sentence for the user when it can't be read or is damaged
   */
  public Optional<KeyMaterial> read() throws IOException {
    if (!Files.exists(path.resolve(PEM)) || !Files.exists(path.resolve(TOKEN))) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          KeyMaterial.fromPem(
              Files.readString(path.resolve(PEM)), Files.readString(path.resolve(TOKEN))));
    } catch (IllegalArgumentException damaged) {
      throw new IOException(
          "the cluster's key in " + path + " is not usable: " + damaged.getMessage(), damaged);
    }
  }

  /**
   * The key; makes it when there is none. Of several processes that come at once, one makes it and
   * the others read what it made.
   *
   * @throws IOException with a sentence for the user
   */
  public KeyMaterial readOrMake(Maker maker) throws IOException {
    Optional<KeyMaterial> present = read();
    if (present.isPresent()) {
      return present.get();
    }
    createDirectory();
    // A JVM can't lock one file twice, hence the monitor as well.
    synchronized (KeyDirectory.class) {
      try (FileChannel channel =
          FileChannel.open(
              path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        channel.lock();
        Optional<KeyMaterial> madeMeanwhile = read();
        if (madeMeanwhile.isPresent()) {
          return madeMeanwhile.get();
        }
        if (Files.exists(path.resolve(PEM)) || Files.exists(path.resolve(TOKEN))) {
          throw new IOException(
              "the cluster's key in "
                  + path
                  + " is not complete: "
                  + PEM
                  + " or "
                  + TOKEN
                  + " is missing");
        }
        KeyMaterial made = maker.make();
        write(made);
        return made;
      }
    }
  }

  /**
   * Puts this key there, in place of any other.
   *
   * @throws IOException when it can't be written
   */
  public void write(KeyMaterial material) throws IOException {
    createDirectory();
    replace(path.resolve(PEM), material.pem());
    // The token last: both files are there only when the key is complete.
    replace(path.resolve(TOKEN), material.token() + "\n");
  }

  private void createDirectory() throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  private static void replace(Path file, String text) throws IOException {
    Path written =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            file.getFileName().toString(),
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    }
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
