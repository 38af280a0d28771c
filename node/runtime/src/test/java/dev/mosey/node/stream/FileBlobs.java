package dev.mosey.node.stream;

import dev.mosey.node.store.BlobStore;
import dev.mosey.node.store.StoreException;
import dev.mosey.protocol.job.Blob;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Blobs as plain files: what the tests of this side of the store need of it. */
public final class FileBlobs implements BlobStore {
  private final Path root;
  private final AtomicLong puts = new AtomicLong();

  public FileBlobs(Path root) {
    this.root = root;
    try {
      Files.createDirectories(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Blob put(InputStream bytes) throws IOException {
    Path incoming = root.resolve("incoming-" + puts.incrementAndGet());
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      long length = Files.copy(new DigestInputStream(bytes, digest), incoming);
      var blob = new Blob(HexFormat.of().formatHex(digest.digest()), length);
      Files.move(incoming, path(blob.sha256()), StandardCopyOption.REPLACE_EXISTING);
      return blob;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } finally {
      Files.deleteIfExists(incoming);
    }
  }

  @Override
  public Blob put(byte[] bytes) {
    try {
      return put(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Blob put(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return put(in);
    }
  }

  /** How often something was put. */
  public long puts() {
    return puts.get();
  }

  @Override
  public boolean has(String sha256) {
    return Files.exists(path(sha256));
  }

  @Override
  public OptionalLong size(String sha256) {
    try {
      return has(sha256) ? OptionalLong.of(Files.size(path(sha256))) : OptionalLong.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public InputStream open(String sha256) {
    try {
      return Files.newInputStream(path(sha256));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Path path(String sha256) {
    return root.resolve(sha256);
  }

  @Override
  public void verify(String sha256) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path(sha256)));
      if (!HexFormat.of().formatHex(digest).equals(sha256)) {
        throw new StoreException(
            StoreException.Kind.CORRUPT, "its content does not match its name", null, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean delete(String sha256) {
    try {
      return Files.deleteIfExists(path(sha256));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long generation() {
    return puts.get();
  }

  @Override
  public long sweep(Set<String> keep, long upTo) {
    return 0;
  }

  @Override
  public List<Blob> list() {
    try (var files = Files.list(root)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("incoming-"))
          .map(name -> new Blob(name, size(name).orElse(0)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long bytes() {
    return list().stream().mapToLong(Blob::bytes).sum();
  }

  @Override
  public void close() {}
}
