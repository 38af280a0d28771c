package dev.mosey.chaos;

import dev.mosey.demo.DemoFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A small disk of its own for each node: a file with a file system, mounted. Needs root. So one can
 * be full, or make all who write to it wait, and the others do not notice.
 */
final class Disks implements AutoCloseable {
  private static final long BYTES = 384L << 20;
  private static final String FILLER = "filler";

  private final Path directory;
  private final List<String> nodes;
  private final Thread hook = new Thread(this::remove);

  /** One for each of these nodes, below this directory. */
  Disks(Path directory, List<String> nodes) throws IOException {
    this.directory = directory;
    this.nodes = List.copyOf(nodes);
    Runtime.getRuntime().addShutdownHook(hook);
    for (String node : nodes) {
      Path image = directory.resolve(node + ".disk");
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength(BYTES);
      }
      must("mkfs.ext4", "-q", "-F", image.toString());
      Files.createDirectories(of(node));
      must("mount", "-o", "loop", image.toString(), of(node).toString());
    }
  }

  /** Whether this machine lets us have them; tried out in this directory. */
  static boolean arePossible(Path directory) {
    if (!Shell.isRoot() || !Shell.has("fsfreeze", "--version")) {
      return false;
    }
    try (Disks one = new Disks(Files.createDirectories(directory.resolve("try")), List.of("one"))) {
      return Files.isDirectory(one.of("one"));
    } catch (IOException | DemoFailure refused) {
      return false;
    }
  }

  /** Where it is mounted. */
  Path of(String node) {
    return directory.resolve("disk-" + node);
  }

  /** Writes until nothing more goes in. */
  void fill(String node) {
    byte[] bytes = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(of(node).resolve(FILLER))) {
      for (long written = 0; written < 2 * BYTES; written += bytes.length) {
        out.write(bytes);
      }
      throw new DemoFailure("the disk of " + node + " does not get full");
    } catch (IOException full) {
      // that is what was wanted
    }
  }

  /** Takes that away again. */
  void empty(String node) {
    try {
      Files.deleteIfExists(of(node).resolve(FILLER));
    } catch (IOException e) {
      throw new DemoFailure("the disk of " + node + " stays full: " + e.getMessage());
    }
  }

  /** Whoever writes to it waits from now on. */
  void stall(String node) {
    must("fsfreeze", "--freeze", of(node).toString());
  }

  /** They go on. */
  void release(String node) {
    must("fsfreeze", "--unfreeze", of(node).toString());
  }

  private static void must(String... command) {
    Shell.Said said = Shell.run(command);
    if (said.status() != 0) {
      throw new DemoFailure(String.join(" ", command) + ": " + said.text());
    }
  }

  private void remove() {
    for (String node : nodes) {
      Shell.run("fsfreeze", "--unfreeze", of(node).toString());
      Shell.run("umount", "--lazy", of(node).toString());
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    remove();
  }
}
