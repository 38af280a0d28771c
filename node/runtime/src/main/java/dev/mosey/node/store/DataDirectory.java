package dev.mosey.node.store;

import dev.mosey.protocol.id.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A node's data directory: locked for one process, on a local file system, with an identity.
 *
 * <pre>
 *   lock       pid of the process that has it
 *   identity   name, store id, session
 *   ballast    given back on a full disk
 *   books/     RocksDB: journal, snapshots, history, spool
 *   blobs/     images, jars, scripts, input files by SHA-256
 *   output/    what processes wrote, in segments
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {
  /** Their locks and syncs promise less than the node's promises need. */
  private static final Set<String> NETWORK_FILE_SYSTEMS =
      Set.of(
          "nfs",
          "nfs3",
          "nfs4",
          "cifs",
          "smb",
          "smb2",
          "smb3",
          "smbfs",
          "9p",
          "afs",
          "ceph",
          "glusterfs",
          "lustre",
          "gpfs",
          "beegfs",
          "ocfs2",
          "gfs2",
          "ncpfs",
          "ncp",
          "coda",
          "pvfs2",
          "orangefs",
          "davfs",
          "acfs",
          "vboxsf",
          "prl_fs",
          "sshfs");

  private static final Set<String> NETWORK_FUSE =
      Set.of(
          "fuse.sshfs",
          "fuse.s3fs",
          "fuse.gcsfuse",
          "fuse.rclone",
          "fuse.glusterfs",
          "fuse.ceph",
          "fuse.ceph-fuse",
          "fuse.davfs",
          "fuse.davfs2",
          "fuse.mfs",
          "fuse.juicefs",
          "fuse.goofys",
          "fuse.blobfuse",
          "fuse.blobfuse2",
          "fuse.curlftpfs",
          "fuse.smbnetfs");

  private final Path path;
  private final DirectoryLock lock;
  private final AtomicFile identityFile;
  private final SpaceWatch space;
  private Identity identity;

  private DataDirectory(
      Path path, DirectoryLock lock, AtomicFile identityFile, Identity identity, SpaceWatch space) {
    this.path = path;
    this.lock = lock;
    this.identityFile = identityFile;
    this.identity = identity;
    this.space = space;
  }

  /** Says of what type the file system of a path is, as in {@code /proc/mounts}. */
  @FunctionalInterface
  public interface FileSystemType {
    /** For instance {@code ext4} or {@code nfs4}. */
    String of(Path path) throws IOException;

    /** Asks the operating system. */
    static FileSystemType real() {
      return path -> Files.getFileStore(path).type();
    }
  }

  /**
   * Opens or creates the directory: locks it, finishes a restore that was interrupted, and raises
   * the session number durably.
   *
   * @param random draws the store id and fills the ballast
   * @throws StoreException IN_USE, UNSUITABLE (network file system, another node's directory),
   *     CORRUPT or FAILED, in one line
   */
  public static DataDirectory open(
      Path path, NodeName name, StoreSettings.Space settings, RandomGenerator random) {
    return open(path, name, settings, random, FileSystemType.real());
  }

  static DataDirectory open(
      Path path,
      NodeName name,
      StoreSettings.Space settings,
      RandomGenerator random,
      FileSystemType fileSystemType) {
    prepare(path, fileSystemType);
    var lock = DirectoryLock.take(path);
    try {
      Backup.finishRestore(path);
      var file = new AtomicFile(path.resolve("identity"));
      var identity = file.readText().map(text -> Identity.parse(text, file.path().toString()));
      var next = next(path, name, identity, random);
      file.writeText(next.toText());
      var ballast = new Ballast(path.resolve("ballast"), settings.ballastBytes(), random);
      var space =
          new SpaceWatch(() -> path.toFile().getUsableSpace(), System::nanoTime, ballast, settings);
      return new DataDirectory(path, lock, file, next, space);
    } catch (RuntimeException e) {
      closeQuietly(lock);
      throw e;
    }
  }

  /** Creates the directory and refuses a network file system. */
  static void prepare(Path path, FileSystemType fileSystemType) {
    try {
      if (!Files.isDirectory(path))
        Files.createDirectories(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      var type = fileSystemType.of(path);
      if (NETWORK_FILE_SYSTEMS.contains(type) || NETWORK_FUSE.contains(type))
        throw new StoreException(
            StoreException.Kind.UNSUITABLE,
            "data directory " + path + " is on a network file system (" + type + ")",
            "locks and syncs can't be relied on there; give a local directory with --data DIR",
            null);
    } catch (IOException e) {
      throw StoreException.io("use the data directory", path, e);
    }
  }

  private static Identity next(
      Path path, NodeName name, Optional<Identity> found, RandomGenerator random) {
    if (found.isEmpty()) {
      if (Files.exists(path.resolve("books")))
        throw StoreException.corrupt(
            path.resolve("identity").toString(), "it is missing beside existing books", null);
      return new Identity(name, "%016x".formatted(random.nextLong()), 1, Optional.empty());
    }
    var identity = found.get();
    if (!identity.name().equals(name))
      throw new StoreException(
          StoreException.Kind.UNSUITABLE,
          "data directory " + path + " belongs to node " + identity.name() + ", not to " + name,
          "start it as --name " + identity.name() + ", or give another directory with --data DIR",
          null);
    return identity.withSession(identity.session() + 1);
  }

  /**
   * Whose data directory that is, without opening it.
   *
   * @throws StoreException REFUSED if it is none, or CORRUPT
   */
  public static NodeName nameOf(Path path) {
    var file = new AtomicFile(path.resolve("identity"));
    return file.readText()
        .map(text -> Identity.parse(text, file.path().toString()).name())
        .orElseThrow(
            () ->
                StoreException.refused(
                    path + " is no data directory of a node",
                    "it has a file 'identity' and a directory 'books'"));
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Who it is, as of this start. */
  public synchronized Identity identity() {
    return identity;
  }

  /**
   * The mark of all that runs for this directory: a daemon that starts on it ends what an earlier
   * one has left. A copy has another mark, so that it ends nothing of the original's.
   *
   * @throws StoreException FAILED if the directory can't be read
   */
  public String fence() {
    try {
      Object file = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      return identity().storeId() + "-" + Integer.toHexString(file.toString().hashCode());
    } catch (IOException e) {
      throw StoreException.io("tell this directory from copies of it by", path, e);
    }
  }

  /** Raises the session of this start durably, if it is lower. */
  synchronized void raiseSession(long least) {
    if (identity.session() >= least) return;
    var raised = identity.withSession(least);
    identityFile.writeText(raised.toText());
    identity = raised;
  }

  /** The space left on its disk. */
  public SpaceWatch space() {
    return space;
  }

  /** To be called when the books have durably got their new epoch after a restore. */
  public synchronized void clearRestored() {
    if (!identity.restored()) return;
    var cleared = identity.withoutRestored();
    identityFile.writeText(cleared.toText());
    identity = cleared;
  }

  /** A small file of that name in this directory, for instance the members remembered. */
  public AtomicFile file(String name) {
    return new AtomicFile(path.resolve(name));
  }

  Path books() {
    return path.resolve("books");
  }

  Path blobs() {
    return path.resolve("blobs");
  }

  Path output() {
    return path.resolve("output");
  }

  @Override
  public void close() {
    closeQuietly(lock);
  }

  private static void closeQuietly(DirectoryLock lock) {
    try {
      lock.close();
    } catch (IOException e) {
      // The operating system drops the lock with the process; nothing depends on this close.
    }
  }
}
