package dev.mosey.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * A consistent copy of a node's stores, and the way back.
 *
 * <p>A backup is taken from a running node. The books are copied first: everything that they name
 * was synced before they named it, so the blobs and the output copied afterwards have it. Blobs and
 * segments are not deleted meanwhile.
 *
 * <p>A restore replaces the stores of a directory in these steps; a crash between them is finished
 * by the next open:
 *
 * <ol>
 *   <li>The backup is checked and copied to {@code incoming/}. Nothing else has changed.
 *   <li>The file {@code restore} is written: from here on the restore takes place.
 *   <li>The old stores are renamed to {@code replaced-TIME/}: kept, the operator may delete them.
 *   <li>The stores in {@code incoming/} are renamed into their places.
 *   <li>The identity says that it was restored; {@code restore} is deleted.
 * </ol>
 */
public final class Backup {
  private static final List<String> STORES = List.of("books", "blobs", "output");
  private static final String MANIFEST = "backup";
  private static final String PENDING = "restore";
  private static final String INCOMING = "incoming";

  private Backup() {}

  /**
   * Copies the stores into a directory that must not exist yet; complete and synced on return.
   *
   * @throws StoreException REFUSED if the target exists, FULL or FAILED
   */
  public static void create(NodeStore store, Path target) {
    var temporary = target.resolveSibling(target.getFileName() + ".incomplete");
    if (Files.exists(target) || Files.exists(temporary))
      throw StoreException.refused(
          "cannot write the backup " + target + ": it or " + temporary + " exists",
          "give a directory that does not exist yet");
    try {
      // Refused before anything is written if the books are not on this disk.
      store.outputFiles();
      Files.createDirectories(temporary);
      store.blobFiles().withoutDeletion(() -> copyStores(store, temporary));
      new AtomicFile(temporary.resolve("identity"))
          .writeText(store.directory().identity().toText());
      syncTree(temporary);
      new AtomicFile(temporary.resolve(MANIFEST)).writeText(manifest(temporary));
      Disk.real().rename(temporary, target);
      Disk.real().syncDirectory(target.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw StoreException.io("write the backup", target, e);
    }
  }

  private static void copyStores(NodeStore store, Path target) throws IOException {
    store
        .outputFiles()
        .withoutDeletion(
            () -> {
              store.localBooks().checkpoint(target.resolve("books"));
              store.blobFiles().copyTo(target.resolve("blobs"));
              store.outputFiles().copyTo(target.resolve("output"));
            });
  }

  /** File name, size and CRC32C of every file, one per line. */
  private static String manifest(Path root) throws IOException {
    var lines = new TreeMap<String, String>();
    try (var files = Files.walk(root)) {
      for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        var name = root.relativize(file).toString();
        lines.put(name, "%s\t%d\t%08x\n".formatted(name, Files.size(file), crcOf(file)));
      }
    }
    return String.join("", lines.values());
  }

  private static int crcOf(Path file) throws IOException {
    var crc = new CRC32C();
    var buffer = new byte[1 << 16];
    try (var in = Files.newInputStream(file)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer))
        crc.update(buffer, 0, count);
    }
    return (int) crc.getValue();
  }

  private static void syncTree(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            try (var open = Disk.real().open(file)) {
              open.sync();
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            Disk.real().syncDirectory(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /**
   * Brings the stores of a backup into a data directory, before {@link DataDirectory#open}. What
   * was there is kept beside as {@code replaced-TIME}. The identity then says {@link
   * Identity#restored}.
   *
   * @param now becomes part of the new epoch and session
   * @throws StoreException CORRUPT if the backup is damaged (nothing has changed), IN_USE,
   *     UNSUITABLE, FULL or FAILED
   */
  public static void restore(Path dataDirectory, Path backup, Instant now) {
    DataDirectory.prepare(dataDirectory, DataDirectory.FileSystemType.real());
    try (var _ = DirectoryLock.take(dataDirectory)) {
      finishRestore(dataDirectory);
      var identity = check(backup);
      var incoming = dataDirectory.resolve(INCOMING);
      deleteTree(incoming);
      copyTree(backup, incoming);
      syncTree(incoming);
      var at = now;
      while (Files.exists(replaced(dataDirectory, at))) at = at.plusSeconds(1);
      new AtomicFile(dataDirectory.resolve(PENDING)).writeText(identity.restoredAt(at).toText());
      finishRestore(dataDirectory);
    } catch (IOException e) {
      throw StoreException.io("restore from " + backup + " into", dataDirectory, e);
    }
  }

  /** Compares every file with the manifest; the identity comes back. */
  private static Identity check(Path backup) throws IOException {
    var manifest =
        new AtomicFile(backup.resolve(MANIFEST))
            .readText()
            .orElseThrow(
                () ->
                    StoreException.refused(
                        "no backup in " + backup + ": the file " + MANIFEST + " is missing",
                        "give the directory that the backup was written to"));
    for (var line : manifest.lines().toList()) {
      var parts = line.split("\t", -1);
      var file = backup.resolve(parts[0]);
      if (!Files.isRegularFile(file)
          || Files.size(file) != Long.parseLong(parts[1])
          || crcOf(file) != Integer.parseUnsignedInt(parts[2], 16))
        throw new StoreException(
            StoreException.Kind.CORRUPT,
            "the backup " + backup + " is damaged: " + file,
            "nothing was changed; use another backup",
            null);
    }
    var identity = new AtomicFile(backup.resolve("identity"));
    return Identity.parse(identity.readText().orElse(""), identity.path().toString());
  }

  /** Steps 3 to 5, as far as they are still to be done. */
  static void finishRestore(Path dataDirectory) {
    var pending = new AtomicFile(dataDirectory.resolve(PENDING));
    var identity = pending.readText();
    if (identity.isEmpty()) return;
    var restoredAt = Identity.parse(identity.get(), pending.path().toString()).restoredAt();
    var incoming = dataDirectory.resolve(INCOMING);
    var replaced = replaced(dataDirectory, restoredAt.orElseThrow());
    try {
      Files.createDirectories(replaced);
      for (var store : STORES) {
        var place = dataDirectory.resolve(store);
        // Already in its place if it is no longer among what comes in.
        if (!Files.exists(incoming.resolve(store))) continue;
        if (Files.exists(place)) Disk.real().rename(place, replaced.resolve(store));
        Disk.real().rename(incoming.resolve(store), place);
      }
      Disk.real().syncDirectory(dataDirectory);
      new AtomicFile(dataDirectory.resolve("identity")).writeText(identity.get());
      Files.deleteIfExists(pending.path());
      Disk.real().syncDirectory(dataDirectory);
      deleteTree(incoming);
    } catch (IOException e) {
      throw StoreException.io("finish the restore in", dataDirectory, e);
    }
  }

  private static Path replaced(Path dataDirectory, Instant restoredAt) {
    return dataDirectory.resolve("replaced-" + restoredAt.getEpochSecond());
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (var paths = Files.walk(from)) {
      for (var path : (Iterable<Path>) paths::iterator) {
        var target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) Files.createDirectories(target);
        else Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) return;
    var paths = new ArrayList<Path>();
    try (var walk = Files.walk(root)) {
      walk.forEach(paths::add);
    }
    for (var path : paths.reversed()) Files.delete(path);
  }
}
