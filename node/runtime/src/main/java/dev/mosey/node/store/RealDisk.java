package dev.mosey.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** File channels, sheltered from interruption: an interrupt would close the channel for all. */
enum RealDisk implements Disk {
  INSTANCE;

  private interface Action<T> {
    T run() throws IOException;
  }

  private static <T> T sheltered(Action<T> action) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      return action.run();
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    return new Channel(
        file,
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE));
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return new Channel(
        file, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    sheltered(
        () -> {
          try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
          }
          return null;
        });
  }

  private record Channel(Path path, FileChannel channel) implements DiskFile {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      sheltered(
          () -> {
            long at = position;
            while (bytes.hasRemaining()) at += channel.write(bytes, at);
            return null;
          });
    }

    @Override
    public int read(ByteBuffer bytes, long position) throws IOException {
      return sheltered(
          () -> {
            int total = 0;
            while (bytes.hasRemaining()) {
              int count = channel.read(bytes, position + total);
              if (count < 0) break;
              total += count;
            }
            return total;
          });
    }

    @Override
    public void truncate(long length) throws IOException {
      sheltered(() -> channel.truncate(length));
    }

    @Override
    public void sync() throws IOException {
      sheltered(
          () -> {
            channel.force(false);
            return null;
          });
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
