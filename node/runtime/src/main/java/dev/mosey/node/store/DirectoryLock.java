package dev.mosey.node.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * Gives a data directory to one process at a time. The operating system drops the lock when the
 * process ends, however it ends.
 */
final class DirectoryLock implements Closeable {
  /**
   * Directories locked by this JVM. Asked first, because closing a second channel on the lock file
   * would silently drop the lock that the first one holds (POSIX record locks).
   */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path directory;
  private final FileChannel channel;
  private final FileLock lock;

  private DirectoryLock(Path directory, FileChannel channel, FileLock lock) {
    this.directory = directory;
    this.channel = channel;
    this.lock = lock;
  }

  static DirectoryLock take(Path directory) {
    var file = directory.resolve("lock");
    synchronized (HELD) {
      try {
        var real = directory.toRealPath();
        if (HELD.contains(real)) throw inUse(directory, "process " + ProcessHandle.current().pid());
        var channel =
            FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        var lock = channel.tryLock();
        if (lock == null) {
          var holder = Files.readString(file, StandardCharsets.US_ASCII).strip();
          channel.close();
          throw inUse(directory, holder.isEmpty() ? "another process" : "process " + holder);
        }
        var pid = ProcessHandle.current().pid() + "\n";
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
        HELD.add(real);
        return new DirectoryLock(real, channel, lock);
      } catch (IOException e) {
        throw StoreException.io("lock", file, e);
      }
    }
  }

  private static StoreException inUse(Path directory, String holder) {
    return new StoreException(
        StoreException.Kind.IN_USE,
        "data directory " + directory + " is in use by " + holder,
        "stop that node first, or give this one a directory of its own with --data DIR",
        null);
  }

  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      try {
        lock.release();
        channel.close();
      } finally {
        HELD.remove(directory);
      }
    }
  }
}
