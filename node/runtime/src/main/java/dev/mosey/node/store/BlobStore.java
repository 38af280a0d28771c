package dev.mosey.node.store;

import dev.mosey.protocol.job.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Bytes by their SHA-256: images, jars, scripts, input files. A name that was returned is on the
 * disk. What nobody names any more is swept.
 */
public interface BlobStore extends AutoCloseable {
  /**
   * Stores all bytes of the stream; durable on return. The stream is not closed.
   *
   * @throws StoreException REFUSED beyond the bound of all blobs, FULL or FAILED; nothing is kept
   * @throws IOException what reading the stream threw
   */
  Blob put(InputStream bytes) throws IOException;

  /** Stores these bytes; durable on return. Errors as {@link #put(InputStream)}. */
  Blob put(byte[] bytes);

  /** Stores a copy of the file; durable on return. Errors as {@link #put(InputStream)}. */
  Blob put(Path file) throws IOException;

  /** Whether it is here. */
  boolean has(String sha256);

  /**
   * The same, but what lies near without being kept here is taken in. May take as long as a put.
   */
  default boolean obtain(String sha256) {
    return has(sha256);
  }

  /** Its length in bytes, or empty if it is not here. */
  OptionalLong size(String sha256);

  /**
   * Its bytes, checked while they are read: the end of the stream, or earlier, throws
   * StoreException CORRUPT if they are not what was stored.
   *
   * @throws StoreException REFUSED if it is not here
   */
  InputStream open(String sha256);

  /** The file that holds it, for programs that need a path; not to be changed. */
  Path path(String sha256);

  /**
   * Reads it all and compares.
   *
   * @throws StoreException CORRUPT with the file, REFUSED if it is not here
   */
  void verify(String sha256);

  /** Deletes it; whether it was here. */
  boolean delete(String sha256);

  /** The number of puts so far. To be taken before the set for {@link #sweep} is computed. */
  long generation();

  /**
   * Deletes all that nobody names.
   *
   * @param keep what is named
   * @param upTo only what was last put up to this {@link #generation}: what came since may already
   *     be named by somebody who is not in {@code keep}
   * @return bytes freed
   */
  long sweep(Set<String> keep, long upTo);

  /** All that is here, by name. */
  List<Blob> list();

  /** Bytes of all blobs. */
  long bytes();

  @Override
  void close();
}
