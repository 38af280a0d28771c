package dev.mosey.node.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A small file of the kernel that is read again and again: it stays open, and every reading begins
 * at its start, which makes the kernel write it anew. Where it can't be read, that is remembered
 * and not tried again for a while.
 */
final class KernelFile implements AutoCloseable {
  private static final int BYTES_MAX = 16 * 1024;
  private static final int RETRY_READINGS = 60;

  private final Path path;
  private final ByteBuffer buffer = ByteBuffer.allocate(BYTES_MAX);
  private FileChannel channel;
  private String failure;
  private int skip;

  KernelFile(Path path) {
    this.path = path;
  }

  /** Its beginning, up to 16 KiB; null when it can't be read. */
  String read() {
    if (skip > 0) {
      skip--;
      return null;
    }
    try {
      if (channel == null) {
        channel = FileChannel.open(path, StandardOpenOption.READ);
      }
      buffer.clear();
      long at = 0;
      int count;
      while (buffer.hasRemaining() && (count = channel.read(buffer, at)) > 0) {
        at += count;
      }
      failure = null;
      return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      failure = path + ": " + reason(e);
      skip = RETRY_READINGS;
      close();
      return null;
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException missing -> "does not exist";
      case java.nio.file.AccessDeniedException denied -> "may not be read";
      case IOException other -> String.valueOf(other.getMessage());
    };
  }

  /** Why it could not be read the last time, or null. */
  String failure() {
    return failure;
  }

  @Override
  public void close() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException nothingWasWritten) {
        // It was only read: there is nothing that could be lost.
      }
      channel = null;
    }
  }
}
