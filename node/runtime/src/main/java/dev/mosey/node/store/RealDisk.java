package dev.mosey.node.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The machine's file systems. Files are {@link RandomAccessFile}s and not channels: an interrupt
 * closes a channel under all threads that use it.
 */
enum RealDisk implements Disk {
  INSTANCE;

  @Override
  public DiskFile create(Path file) throws IOException {
    Files.createFile(file);
    return open(file);
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    // RandomAccessFile would create it.
    if (!Files.exists(file)) throw new IOException("no such file");
    return new Plain(file, new RandomAccessFile(file.toFile(), "rw"));
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
    boolean interrupted = Thread.interrupted();
    try {
      while (!trySync(directory)) interrupted |= Thread.interrupted();
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  /** Only a channel can sync a directory; false if an interrupt closed it before it was done. */
  private static boolean trySync(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    }
  }

  private record Plain(Path path, RandomAccessFile file) implements DiskFile {
    @Override
    public long size() throws IOException {
      return file.length();
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      synchronized (file) {
        file.seek(position);
        file.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      }
      bytes.position(bytes.limit());
    }

    @Override
    public int read(ByteBuffer bytes, long position) throws IOException {
      int total = 0;
      synchronized (file) {
        file.seek(position);
        while (bytes.hasRemaining()) {
          int at = bytes.arrayOffset() + bytes.position();
          int count = file.read(bytes.array(), at, bytes.remaining());
          if (count < 0) break;
          bytes.position(bytes.position() + count);
          total += count;
        }
      }
      return total;
    }

    @Override
    public void truncate(long length) throws IOException {
      synchronized (file) {
        file.setLength(length);
      }
    }

    @Override
    public void sync() throws IOException {
      // Without the monitor, so that appends go on meanwhile.
      file.getFD().sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
