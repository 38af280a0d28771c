package dev.mosey.node.host;

import dev.mosey.node.store.StoreException;
import dev.mosey.policy.guests.GuestsEffect.StartBody;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the bodies of a node, once all that they need is here. */
final class Bodies {
  private static final Logger LOG = LoggerFactory.getLogger(Bodies.class);

  private static final int BROUGHT_MAX = 1_000;

  private final ProcessHost.Parts parts;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final ExecutorService steps;
  private final Place place;
  private final WorkerPool pool;
  private final Environments environments;
  private final Set<String> trusted;

  /** Images that were checked as they were written here a moment ago, and not read since. */
  private final Set<String> brought = ConcurrentHashMap.newKeySet();

  Bodies(ProcessHost.Parts parts) {
    this.parts = parts;
    var java = parts.settings().java();
    this.steps =
        Executors.newFixedThreadPool(
            java.inProcessThreads(), Thread.ofPlatform().daemon().name("program-", 1).factory());
    this.place =
        new Place(
            parts.post().self().node(),
            parts.keeper(),
            parts.blobs(),
            blocking,
            parts.bootClock()::millis,
            parts.settings());
    Path data = parts.directory().toAbsolutePath().getParent();
    this.pool = new WorkerPool(parts.keeper(), parts.settings(), data);
    this.environments = new Environments(parts.blobs());
    this.trusted = new HashSet<>(java.trusted());
    if (java.trustedDirectory() != null) addTrusted(java.trustedDirectory());
    deleteBut(parts.carried());
  }

  /** What earlier sessions left: nothing of it runs any more but what was handed over. */
  private void deleteBut(HandedOver handed) {
    if (handed == null) {
      Trees.deleteQuietly(parts.directory());
      return;
    }
    Set<Path> used = new HashSet<>();
    handed
        .carried()
        .forEach(each -> used.add(directory(each.guest().id(), each.guest().incarnation())));
    try (Stream<Path> all = Files.list(parts.directory())) {
      all.filter(each -> !used.contains(each)).forEach(Trees::deleteQuietly);
    } catch (IOException e) {
      LOG.debug("event=no-directories-of-guests reason=\"{}\"", Lines.of(e));
    }
  }

  private void addTrusted(Path directory) {
    try (Stream<Path> jars = Files.list(directory)) {
      for (Path jar : (Iterable<Path>) jars::iterator) {
        var digest = MessageDigest.getInstance("SHA-256");
        trusted.add(HexFormat.of().formatHex(digest.digest(Files.readAllBytes(jar))));
      }
    } catch (IOException | NoSuchAlgorithmException e) {
      LOG.warn("event=trusted-jars-unreadable path={} reason=\"{}\"", directory, Lines.of(e));
    }
  }

  /** Why this node can't run such a job at all, or null: to be known before it moves to here. */
  String unable(JobSpec spec) {
    return switch (spec.kind()) {
      case COMMAND, JAVA ->
          Files.isDirectory(Path.of(spec.cwd())) ? null : "it has no directory " + spec.cwd();
      case UNKNOWN -> "it can't run this kind of program";
    };
  }

  /**
   * Brings what a body needs and tells the process, at once when all is here.
   *
   * @param tell gets {@link ProcessCommand.Ready}
   */
  void prepare(StartBody start, Consumer<ProcessCommand> tell) {
    var missing = missing(start.spec());
    var image = start.image() == null ? null : start.image().blob();
    boolean unread = image != null && !brought.remove(image.sha256());
    if (missing.isEmpty() && !unread) {
      tell.accept(make(start));
      return;
    }
    fetchAll(start.id().home(), missing)
        .thenRunAsync(
            () -> {
              if (unread) verify(image);
            },
            blocking)
        .whenCompleteAsync(
            (done, failure) ->
                tell.accept(
                    failure == null
                        ? make(start)
                        : new ProcessCommand.Ready(null, Lines.of(cause(failure)))),
            blocking);
  }

  private List<Blob> missing(JobSpec spec) {
    List<Blob> missing = new ArrayList<>(0);
    for (Blob blob : new Blob[] {spec.env(), spec.stdin(), spec.jar()}) {
      if (blob != null && !parts.blobs().has(blob.sha256())) missing.add(blob);
    }
    return missing;
  }

  private CompletableFuture<Void> fetchAll(NodeName from, List<Blob> blobs) {
    return CompletableFuture.allOf(
        blobs.stream()
            .map(blob -> parts.source().fetch(List.of(from), blob).toCompletableFuture())
            .toArray(CompletableFuture[]::new));
  }

  /** An image that lay here is read before anybody goes on from it; a damaged one is no use. */
  private void verify(Blob image) {
    try {
      parts.blobs().verify(image.sha256());
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.CORRUPT) {
        LOG.warn("event=image-damaged reason=\"{}\"", e.getMessage());
        parts.blobs().delete(image.sha256());
      }
      throw e;
    }
  }

  /** The body of a guest whose blobs are all here, or why there is none. */
  ProcessCommand.Ready make(StartBody start) {
    try {
      var order =
          new BodyOrder(
              start.id(),
              start.incarnation(),
              start.spec(),
              start.image(),
              start.entry(),
              environments.of(start.spec().env()),
              directory(start.id(), start.incarnation()));
      return new ProcessCommand.Ready(maker(order), null);
    } catch (IOException | RuntimeException e) {
      return new ProcessCommand.Ready(null, "its environment can't be read: " + Lines.of(e));
    }
  }

  private Path directory(ProcessId id, int incarnation) {
    return parts.directory().resolve(id + "-" + incarnation);
  }

  private Function<Consumer<BodyEvent>, Body> maker(BodyOrder order) {
    return switch (order.spec().kind()) {
      case COMMAND -> tell -> new CommandBody(order, place, tell);
      case JAVA ->
          trusted.contains(order.spec().jar().sha256())
              ? tell -> new InProcessBody(order, place, steps, tell)
              : tell -> new WorkerBody(order, place, pool, tell);
      case UNKNOWN -> throw new IllegalArgumentException("this kind of program is unknown here");
    };
  }

  /**
   * A program may come soon: what it needs is fetched, and a worker for it started. Complete when
   * all of it is here, so that whoever brings the program need not stand still for it; also when
   * something could not be had: the start will say so.
   */
  CompletionStage<Void> warm(ProcessId id, JobSpec spec) {
    var missing = missing(spec);
    var here =
        missing.isEmpty()
            ? CompletableFuture.<Void>completedFuture(null)
            : fetchAll(id.home(), missing);
    return here.thenComposeAsync(done -> warmWorker(id, spec), blocking);
  }

  private CompletionStage<Void> warmWorker(ProcessId id, JobSpec spec) {
    boolean inWorker =
        switch (spec.kind()) {
          case JAVA -> !trusted.contains(spec.jar().sha256());
          case COMMAND, UNKNOWN -> false;
        };
    if (!inWorker) return CompletableFuture.completedFuture(null);
    try {
      Map<String, String> given = environments.of(spec.env());
      Path jar = parts.blobs().path(spec.jar().sha256());
      return pool.promise(id, WorkerBody.kind(spec, given, jar));
    } catch (IOException e) {
      LOG.debug("event=no-idle-worker reason=\"{}\"", Lines.of(e));
      return CompletableFuture.completedFuture(null);
    }
  }

  /** Brings an image into the store; fails with a line. */
  CompletionStage<Blob> fetch(NodeName from, Image image, byte[] inline) {
    if (inline == null) {
      boolean lay = parts.blobs().has(image.blob().sha256());
      return parts
          .source()
          .fetch(List.of(from), image.blob())
          .thenApply(blob -> lay ? blob : noteBrought(blob));
    }
    return CompletableFuture.supplyAsync(
        () -> {
          Blob stored = parts.blobs().put(inline);
          if (stored.equals(image.blob())) return noteBrought(stored);
          throw new IllegalArgumentException("the image that came is not the one that was named");
        },
        blocking);
  }

  private Blob noteBrought(Blob blob) {
    if (brought.size() >= BROUGHT_MAX) brought.clear();
    brought.add(blob.sha256());
    return blob;
  }

  /** The image is here, from which that one will probably go on. */
  void readAhead(ProcessId id, Image image) {
    pool.readAhead(id, parts.blobs().path(image.blob().sha256()));
  }

  /** What failed, without the wrapping of futures. */
  static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  void close() {
    pool.close();
    steps.shutdown();
  }
}
