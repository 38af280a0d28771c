package dev.mosey.node.store;

import dev.mosey.node.store.Commit.Family;
import dev.mosey.protocol.id.NodeName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

/**
 * Carries the books of a home from the embedded store to a database, or back, with their history,
 * output and blobs. The node is stopped meanwhile.
 *
 * <ol>
 *   <li>The target must hold no books. It is marked as unfinished: nobody opens it.
 *   <li>Everything is copied, and counted on both sides.
 *   <li>The source is marked as gone: nobody opens it by mistake.
 *   <li>The target's mark is taken away.
 * </ol>
 *
 * A conversion that was interrupted is begun again, and goes through.
 */
public final class Conversion {
  private static final byte[] MARK = Keys.prefix("conversion");
  static final byte UNFINISHED = 1;
  private static final byte GONE = 2;
  private static final List<Family> BOOKS =
      List.of(Family.META, Family.EVENTS, Family.SNAPSHOTS, Family.HISTORY);
  private static final int COMMIT_BYTES = 1 << 20;
  private static final int PIECE_BYTES = 1 << 20;
  private static final byte[] FIRST = {};
  private static final byte[] LAST = {-1, -1, -1, -1, -1, -1, -1, -1, -1};

  private Conversion() {}

  /** What was carried: the number of things, and their bytes. */
  public record Counted(long number, long bytes) {}

  /**
   * One side.
   *
   * @param name for messages
   * @param outputDirectory on the disk
   */
  private record Side(
      String name, BooksStore books, BlobStore blobs, Disk disk, Path outputDirectory) {}

  /**
   * Carries the books of a stopped node.
   *
   * @param toDatabase whether from the data directory to the database; else the other way
   * @return what was carried, by its name; equal on both sides
   * @throws StoreException in one line; the source is then as it was
   */
  public static Map<String, Counted> run(
      Path path,
      NodeName name,
      StoreSettings settings,
      SharedSettings sharing,
      boolean toDatabase,
      RandomGenerator random) {
    try (var directory = DataDirectory.open(path, name, settings.space(), random);
        var local = RocksStore.open(directory, settings.books());
        var files = FileBlobStore.open(directory, settings.blobs());
        var shared =
            SharedStore.open(sharing, settings, directory, files, Optional.empty(), random);
        var books = shared.openBooks(name, shared.openPatience())) {
      var embedded = new Side("the data directory", local, files, Disk.real(), directory.output());
      var inDatabase =
          new Side(
              "the database",
              books,
              new SharedBlobs(files, books, settings.blobs()),
              new StoredDisk(books),
              SharedStore.OUTPUT);
      return toDatabase ? carry(embedded, inDatabase, name) : carry(inDatabase, embedded, name);
    } catch (IOException e) {
      throw StoreException.io("convert the store of", path, e);
    } catch (CompletionException e) {
      throw e.getCause() instanceof StoreException cause ? cause : e;
    }
  }

  private static Map<String, Counted> carry(Side from, Side to, NodeName name) throws IOException {
    boolean unfinished = mark(to.books) == UNFINISHED;
    if (mark(from.books) == UNFINISHED || mark(from.books) == GONE && !unfinished)
      throw StoreException.refused(
          "the books of " + name + " are not in " + from.name + " any more",
          "they are in " + to.name + ": set mosd.store.kind to it");
    if (!unfinished && mark(to.books) != GONE && holdsBooks(to.books))
      throw StoreException.refused(
          "there are books of " + name + " in " + to.name + " already",
          "nothing was changed; look whose they are before you delete them");
    clear(to);
    var counted = new TreeMap<String, Counted>();
    for (var family : BOOKS) copy(from.books, to.books, family);
    for (var family : BOOKS) {
      if (family != Family.META)
        counted.put(
            family.name().toLowerCase(Locale.ROOT),
            same(family + " of " + name, count(from.books, family), count(to.books, family)));
    }
    copyOutput(from, to);
    counted.put("output", same("output of " + name, countOutput(from), countOutput(to)));
    for (var blob : from.blobs.list()) carry(blob.sha256(), from, to);
    counted.put("blobs", same("blobs of " + name, count(from.blobs), count(to.blobs, from.blobs)));
    setMark(from.books, GONE);
    to.books.commit(new Commit().delete(Family.META, MARK)).join();
    return counted;
  }

  /** Whether other things than marks are there. */
  private static boolean holdsBooks(BooksStore books) {
    return count(books, Family.EVENTS).number > 0 || count(books, Family.SNAPSHOTS).number > 0;
  }

  private static byte mark(BooksStore books) {
    return books.get(Family.META, MARK).map(value -> value[0]).orElse((byte) 0);
  }

  static void setMark(BooksStore books, byte mark) {
    books.commit(new Commit().put(Family.META, MARK, new byte[] {mark})).join();
  }

  /**
   * Refuses books that were carried elsewhere, or not completely.
   *
   * @param elsewhere the value of {@code mosd.store.kind} for the other store
   */
  static void check(BooksStore books, NodeName name, String elsewhere) {
    byte mark = mark(books);
    if (mark == GONE)
      throw StoreException.refused(
          "the books of " + name + " were carried to the store '" + elsewhere + "'",
          "set mosd.store.kind = " + elsewhere + ", or bring them back with --convert-store");
    if (mark == UNFINISHED)
      throw StoreException.refused(
          "the books of " + name + " were not carried over completely",
          "repeat mosd --convert-store: it begins again");
  }

  /** Refuses to begin empty books in a database beside books that are still on the disk. */
  static void checkNoneLeft(BooksStore local, NodeName name) {
    if (mark(local) == UNFINISHED) check(local, name, SharedSettings.POSTGRESQL);
    if (mark(local) != GONE && holdsBooks(local))
      throw StoreException.refused(
          "the data directory of " + name + " has books that are not in the database",
          "carry them over with mosd --convert-store postgresql, or set mosd.store.kind ="
              + " embedded");
  }

  private static void clear(Side to) throws IOException {
    setMark(to.books, UNFINISHED);
    for (var family : BOOKS) {
      var commit = new Commit();
      to.books.scan(
          family,
          FIRST,
          LAST,
          (key, value) -> {
            if (carried(family, key)) commit.delete(family, key);
            return true;
          });
      if (!commit.isEmpty()) to.books.commit(commit).join();
    }
    to.disk.createDirectories(to.outputDirectory);
    for (var file : to.disk.list(to.outputDirectory))
      to.disk.delete(to.outputDirectory.resolve(file));
    to.disk.syncDirectory(to.outputDirectory);
  }

  /** Marks of this class and of the blobs belong to the store that they are in. */
  private static boolean carried(Family family, byte[] key) {
    return family != Family.META || !startsWith(key, MARK) && !SharedBlobs.isMark(key);
  }

  static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static void copy(BooksStore from, BooksStore to, Family family) {
    var commit = new Commit[] {new Commit()};
    from.scan(
        family,
        FIRST,
        LAST,
        (key, value) -> {
          if (carried(family, key)) commit[0].put(family, key, value);
          if (commit[0].bytes() >= COMMIT_BYTES) {
            to.commit(commit[0]).join();
            commit[0] = new Commit();
          }
          return true;
        });
    to.commit(commit[0]).join();
  }

  private static Counted count(BooksStore books, Family family) {
    var counted = new long[2];
    books.scan(
        family,
        FIRST,
        LAST,
        (key, value) -> {
          if (!carried(family, key)) return true;
          counted[0]++;
          counted[1] += value.length;
          return true;
        });
    return new Counted(counted[0], counted[1]);
  }

  private static Counted same(String what, Counted from, Counted to) {
    if (from.equals(to)) return to;
    throw new StoreException(
        StoreException.Kind.FAILED,
        "%s: %d (%d bytes) were there, %d (%d bytes) have arrived"
            .formatted(what, from.number, from.bytes, to.number, to.bytes),
        "the source is as it was; repeat it, and report this if it happens again",
        null);
  }

  private static void copyOutput(Side from, Side to) throws IOException {
    from.disk.createDirectories(from.outputDirectory);
    for (var file : from.disk.list(from.outputDirectory)) {
      try (var source = from.disk.open(from.outputDirectory.resolve(file));
          var target = to.disk.create(to.outputDirectory.resolve(file))) {
        long size = source.size();
        for (long at = 0; at < size; at += PIECE_BYTES) {
          var piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, size - at));
          source.read(piece, at);
          target.write(piece.flip(), at);
          target.sync();
        }
      }
    }
    to.disk.syncDirectory(to.outputDirectory);
  }

  private static Counted countOutput(Side side) throws IOException {
    long number = 0;
    long bytes = 0;
    for (var file : side.disk.list(side.outputDirectory)) {
      try (var open = side.disk.open(side.outputDirectory.resolve(file))) {
        number++;
        bytes += open.size();
      }
    }
    return new Counted(number, bytes);
  }

  /** Both read what they carry and compare it with its name. */
  private static void carry(String blob, Side from, Side to) {
    from.blobs.path(blob);
    to.blobs.obtain(blob);
    to.blobs.verify(blob);
  }

  private static Counted count(BlobStore blobs) {
    return new Counted(blobs.list().size(), blobs.bytes());
  }

  /** Of those that the other one has: beside them guests may have some here. */
  private static Counted count(BlobStore blobs, BlobStore wanted) {
    var here = wanted.list().stream().filter(blob -> blobs.has(blob.sha256())).toList();
    return new Counted(here.size(), here.stream().mapToLong(blob -> blob.bytes()).sum());
  }
}
