package dev.mosey.node.host;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.mosey.node.keeper.Body;
import dev.mosey.node.keeper.BodyExit;
import dev.mosey.node.keeper.BodyListener;
import dev.mosey.node.keeper.BodyRefusal;
import dev.mosey.node.keeper.BodySpec;
import dev.mosey.node.keeper.BodyStream;
import dev.mosey.node.keeper.BodyUsage;
import dev.mosey.node.keeper.Keeper;
import dev.mosey.node.keeper.KeeperException;
import dev.mosey.program.worker.ToWorker;
import dev.mosey.program.worker.Worker;
import dev.mosey.protocol.id.ProcessId;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts worker JVMs, and keeps a few idle ones ready: a JVM's directory, environment and heap
 * can't be changed once it runs, so an idle one serves only programs of the same {@link Kind}.
 * Those are what an array and a moving program need.
 */
final class WorkerPool {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
  private static final String CLASS_PATH =
      Stream.of(
              Worker.class,
              ObjectMapper.class,
              JsonFactory.class,
              JsonProperty.class,
              CBORFactory.class,
              Jdk8Module.class,
              JavaTimeModule.class)
          .map(WorkerPool::placeOf)
          .distinct()
          .collect(Collectors.joining(":"));

  /** Arrivals for which a worker is started ahead of them, at most; each takes some 40 MiB. */
  private static final int PROMISED_MAX = 16;

  private static final long PROMISE_SECONDS = 60;

  private final Keeper keeper;
  private final HostSettings settings;
  private final Path archive;
  private final AtomicBoolean training = new AtomicBoolean();
  private final Deque<Idle> idle = new ArrayDeque<>();

  /**
   * Nothing is started yet.
   *
   * @param directory for an archive of the classes of a worker, with which it starts in a third of
   *     the time; made once, when a worker is first needed
   */
  WorkerPool(Keeper keeper, HostSettings settings, Path directory) {
    this.keeper = keeper;
    this.settings = settings;
    int version = (CLASS_PATH + Runtime.version()).hashCode();
    this.archive = directory.resolve("worker-%08x.jsa".formatted(version));
  }

  /**
   * What can't be changed in a running JVM.
   *
   * @param directory working directory
   * @param environment the whole of it
   * @param heapMb largest heap; 0 = the JVM's own choice
   * @param jar of the program, which an idle worker has loaded already
   * @param className of the program
   */
  record Kind(
      Path directory, Map<String, String> environment, long heapMb, Path jar, String className) {}

  private static String placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A worker of this kind: the one that was promised, another idle one, or a new one. Its task may
   * be written to it at once.
   *
   * @param id whose body it becomes
   * @param leaseBootMillis as in {@link dev.mosey.node.host.Body#start}
   * @throws KeeperException if none can be started
   */
  Body take(ProcessId id, Kind kind, long leaseBootMillis, BodyListener listener) {
    train();
    var ready = takeIdle(id, kind);
    if (ready != null && ready.adopt(listener)) {
      if (leaseBootMillis != 0) ready.body.leaseUntil(leaseBootMillis);
      return ready.body;
    }
    return keeper.spawn(spec(kind, leaseBootMillis, List.of()), listener);
  }

  private synchronized Idle takeIdle(ProcessId id, Kind kind) {
    Idle taken = null;
    for (Idle each : idle) {
      boolean better = taken == null || id.equals(each.promisedTo);
      if (each.kind.equals(kind) && better) taken = each;
    }
    idle.remove(taken);
    return taken;
  }

  /** Who was promised a worker will go on from this image: let it be read while others decide. */
  void readAhead(ProcessId id, Path image) {
    Idle promised = null;
    synchronized (this) {
      for (Idle each : idle) {
        if (id.equals(each.promisedTo)) promised = each;
      }
    }
    if (promised != null) promised.tell(new ToWorker.ReadAhead(image.toString()).bytes());
  }

  /**
   * Sees to it that one of this kind is idle; the longest idle of another kind makes room. Complete
   * when it waits for its task, or will never do so.
   */
  CompletableFuture<Void> warm(Kind kind) {
    var added = new Idle(kind);
    Idle given = null;
    synchronized (this) {
      if (settings.java().idleWorkers() == 0) return CompletableFuture.completedFuture(null);
      for (Idle each : idle) {
        if (each.kind.equals(kind)) return each.settled;
      }
      given = makeRoom();
      idle.addLast(added);
    }
    if (given != null) given.end();
    spawn(added);
    return added.settled;
  }

  /**
   * The same for one that is to arrive: several that come at the same time get a worker each, or
   * all but the first would stand still while a JVM starts. What was promised and not taken in time
   * is an idle worker like others.
   *
   * @param id who is to arrive; asked again for the same, it has the same one
   */
  CompletableFuture<Void> promise(ProcessId id, Kind kind) {
    var added = new Idle(kind);
    synchronized (this) {
      for (Idle each : idle) {
        boolean free = each.promisedTo == null || each.promisedTo.equals(id);
        if (each.kind.equals(kind) && free) {
          each.promisedTo = id;
          lapseLater(each);
          return each.settled;
        }
      }
      boolean many = idle.stream().filter(each -> each.promisedTo != null).count() >= PROMISED_MAX;
      if (settings.java().idleWorkers() == 0 || many) {
        return CompletableFuture.completedFuture(null);
      }
      added.promisedTo = id;
      idle.addLast(added);
      lapseLater(added);
    }
    spawn(added);
    return added.settled;
  }

  private void lapseLater(Idle promised) {
    CompletableFuture.delayedExecutor(PROMISE_SECONDS, TimeUnit.SECONDS)
        .execute(() -> lapse(promised));
  }

  private void lapse(Idle promised) {
    Idle given = null;
    synchronized (this) {
      if (!idle.remove(promised)) return;
      promised.promisedTo = null;
      given = makeRoom();
      idle.addLast(promised);
    }
    if (given != null) given.end();
  }

  /** What has to go for one more that nobody was promised; null when there is room. */
  private Idle makeRoom() {
    List<Idle> free = idle.stream().filter(each -> each.promisedTo == null).toList();
    if (free.size() < settings.java().idleWorkers()) return null;
    idle.remove(free.getFirst());
    return free.getFirst();
  }

  private void spawn(Idle added) {
    try {
      added.began(keeper.spawn(spec(added.kind, 0, idleArguments(added.kind)), added));
    } catch (KeeperException e) {
      forget(added);
      added.settled.complete(null);
      LOG.debug("event=no-idle-worker reason=\"{}\"", e.getMessage());
    }
  }

  private static List<String> idleArguments(Kind kind) {
    return List.of(Worker.IDLE, kind.jar().toString(), kind.className());
  }

  private synchronized void forget(Idle gone) {
    idle.remove(gone);
  }

  /** Ends the idle ones. */
  void close() {
    List<Idle> all;
    synchronized (this) {
      all = List.copyOf(idle);
      idle.clear();
    }
    all.forEach(Idle::end);
  }

  /** Has the archive made in the background, unless it is there. */
  private void train() {
    if (Files.exists(archive) || !training.compareAndSet(false, true)) return;
    Path made = archive.resolveSibling(archive.getFileName() + ".new");
    var command = new ArrayList<>(java());
    command.add("-XX:ArchiveClassesAtExit=" + made);
    command.addAll(List.of("-cp", CLASS_PATH, Worker.class.getName(), Worker.TRAIN));
    try {
      var spec = BodySpec.of(command).directory(archive.getParent()).nice(settings.nice());
      keeper.spawn(spec.build(), new Training(made));
    } catch (KeeperException e) {
      LOG.debug("event=no-class-archive reason=\"{}\"", e.getMessage());
    }
  }

  /** Starts quickly: no shared statistics file, the simplest collector; and says nothing itself. */
  private List<String> java() {
    String named = settings.java().command();
    return List.of(
        named.isEmpty()
            ? Path.of(System.getProperty("java.home"), "bin", "java").toString()
            : named,
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        "-Xlog:disable");
  }

  private BodySpec spec(Kind kind, long leaseBootMillis, List<String> arguments) {
    var command = new ArrayList<>(java());
    if (Files.exists(archive)) command.add("-XX:SharedArchiveFile=" + archive);
    if (kind.heapMb() > 0) command.add("-Xmx" + kind.heapMb() + "m");
    command.addAll(settings.java().options());
    command.addAll(List.of("-cp", CLASS_PATH, Worker.class.getName()));
    command.addAll(arguments);
    return BodySpec.of(command)
        .environment(kind.environment())
        .directory(kind.directory())
        .control()
        .nice(settings.nice())
        .leaseBootMillis(leaseBootMillis)
        .outputCreditBytes(settings.outputWindowBytes())
        .build();
  }

  /** Puts the archive in its place when it was made whole. */
  private final class Training implements BodyListener {
    private final Path made;

    Training(Path made) {
      this.made = made;
    }

    @Override
    public void started(Body body, long pid) {}

    @Override
    public void output(Body body, BodyStream stream, byte[] bytes) {
      body.grantOutput(bytes.length);
    }

    @Override
    public void exited(Body body, BodyExit exit) {
      try {
        if (!exit.signalled() && exit.value() == 0 && Files.exists(made)) {
          Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
        }
      } catch (IOException e) {
        LOG.debug("event=no-class-archive reason=\"{}\"", Lines.of(e));
      }
    }

    @Override
    public void refused(Body body, BodyRefusal refusal) {}

    @Override
    public void lost(Body body, String reason) {}

    @Override
    public void leaseLapsed(Body body) {}
  }

  /** A JVM that waits; it passes on what it is told once somebody has adopted it. */
  private final class Idle implements BodyListener {
    final Kind kind;
    final CompletableFuture<Void> settled = new CompletableFuture<>();
    private Body body;
    private BodyListener listener;
    private boolean over;

    /** Who is to arrive, or null; guarded by the pool. */
    private ProcessId promisedTo;

    Idle(Kind kind) {
      this.kind = kind;
    }

    synchronized void began(Body spawned) {
      body = spawned;
      if (over) body.kill();
    }

    /** Whether it is still there. */
    synchronized boolean adopt(BodyListener by) {
      if (over || body == null) return false;
      listener = by;
      return true;
    }

    /** Tells it something before its task, if it takes it as a whole. */
    synchronized void tell(byte[] frame) {
      boolean free = !over && listener == null && body != null;
      if (free && body.room(BodyStream.CONTROL) >= frame.length) {
        body.write(BodyStream.CONTROL, frame);
      }
    }

    synchronized void end() {
      over = true;
      if (body != null) body.kill();
    }

    private synchronized BodyListener listener() {
      return listener;
    }

    private synchronized BodyListener listenerOrOver() {
      if (listener == null) over = true;
      settled.complete(null);
      return listener;
    }

    @Override
    public void started(Body body, long pid) {}

    @Override
    public void output(Body body, BodyStream stream, byte[] bytes) {
      var to = listener();
      if (to != null) to.output(body, stream, bytes);
    }

    @Override
    public void control(Body body, byte[] bytes) {
      var to = listener();
      if (to != null) to.control(body, bytes);
      else {
        body.grantControl(bytes.length); // only that it is ready
        settled.complete(null);
      }
    }

    @Override
    public void exited(Body body, BodyExit exit) {
      var to = listenerOrOver();
      if (to != null) to.exited(body, exit);
      else forget(this);
    }

    @Override
    public void refused(Body body, BodyRefusal refusal) {
      var to = listenerOrOver();
      if (to != null) to.refused(body, refusal);
      else forget(this);
    }

    @Override
    public void lost(Body body, String reason) {
      var to = listenerOrOver();
      if (to != null) to.lost(body, reason);
      else forget(this);
    }

    @Override
    public void leaseLapsed(Body body) {
      var to = listener();
      if (to != null) to.leaseLapsed(body);
    }

    @Override
    public void room(Body body, BodyStream stream) {
      var to = listener();
      if (to != null) to.room(body, stream);
    }

    @Override
    public void usage(Body body, BodyUsage usage) {
      var to = listener();
      if (to != null) to.usage(body, usage);
    }
  }
}
