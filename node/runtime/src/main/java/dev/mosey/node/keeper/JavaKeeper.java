package dev.mosey.node.keeper;

import dev.mosey.node.config.BootClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keeper for machines without a C compiler: the same contract over {@link ProcessBuilder},
 * inside the daemon. It enforces leases and silence only while the daemon's JVM runs, and ends with
 * it only in an orderly stop; what a kill -9 leaves behind goes at the next start ({@link
 * FenceSweep}). What a body has started is found by a mark in its environment, so a program that
 * detaches itself and drops its environment is missed. Exit statuses above 128 count as signals,
 * and CPU times are not known.
 */
final class JavaKeeper implements Keeper {
  private static final Logger LOG = LoggerFactory.getLogger(JavaKeeper.class);
  private static final Duration WATCH_PERIOD = Duration.ofMillis(50);
  private static final Duration END_PATIENCE = Duration.ofSeconds(20);
  private static final String PATH_DEFAULT = "/usr/local/bin:/usr/bin:/bin";
  private static final int ENOENT = 2;
  private static final int EACCES = 13;

  private final KeeperSettings settings;
  private final String fence;
  private final Consumer<String> onEnd;
  private final Path scratch;
  private final Optional<Path> nice;
  private final Optional<Path> setsid;
  private final ConcurrentHashMap<Long, JavaBody> bodies = new ConcurrentHashMap<>();
  private final AtomicLong lastBody = new AtomicLong();
  private final Thread atExit = new Thread(this::close, "keeper-at-exit");
  private final Object startLock = new Object();
  private volatile long heardNanos = System.nanoTime();
  private volatile boolean ended;

  JavaKeeper(KeeperSettings settings, String fence, Consumer<String> onEnd) {
    this.settings = settings;
    this.fence = fence;
    this.onEnd = onEnd;
    this.nice = lookUp("nice", PATH_DEFAULT);
    this.setsid = lookUp("setsid", PATH_DEFAULT);
    try {
      this.scratch = Files.createTempDirectory("mosey-keeper");
    } catch (IOException e) {
      throw new KeeperException(
          KeeperException.Reason.ENDED, "no directory for pipes: " + e.getMessage(), e);
    }
    Runtime.getRuntime().addShutdownHook(atExit);
    Thread.ofPlatform().daemon().name("keeper-watch").start(this::watch);
  }

  @Override
  public Supervision supervision() {
    return Supervision.WEAK;
  }

  @Override
  public Body spawn(BodySpec spec, BodyListener listener) {
    var body = new JavaBody(lastBody.incrementAndGet(), spec, listener, this::forget);
    var refusal = refusal(spec);
    if (refusal.isPresent()) {
      body.refuse(refusal.get());
      return body;
    }
    synchronized (startLock) {
      if (ended) throw new KeeperException(KeeperException.Reason.ENDED, "the keeper has ended");
      bodies.put(body.id(), body);
      try {
        body.start(prefix(spec), fence, scratch);
        return body;
      } catch (IOException e) {
        bodies.remove(body.id());
        body.refuse(new BodyRefusal(BodyRefusal.Reason.NO_PROCESS, 0, e.getMessage()));
        return body;
      }
    }
  }

  private void forget(JavaBody body) {
    bodies.remove(body.id());
  }

  /**
   * What stands in the way of a start, found by looking before it: there is no way to tell after.
   */
  private Optional<BodyRefusal> refusal(BodySpec spec) {
    if (bodies.size() >= settings.bodiesMax())
      return refuse(BodyRefusal.Reason.FULL, 0, "as many bodies as allowed are running");
    if (spec.leaseBootMillis() != 0 && spec.leaseBootMillis() <= BootClock.system().millis())
      return refuse(BodyRefusal.Reason.LEASE, 0, "its lease had lapsed before it could start");
    var directory = spec.directory() == null ? Path.of("") : spec.directory();
    if (!Files.isDirectory(directory))
      return refuse(BodyRefusal.Reason.DIRECTORY, ENOENT, "No such file or directory");
    if (spec.stdin() instanceof BodySpec.Input.FromFile file
        && !Files.isReadable(directory.resolve(file.path())))
      return refuse(BodyRefusal.Reason.INPUT, ENOENT, "No such file or directory");
    if (!spec.limits().isEmpty())
      return refuse(BodyRefusal.Reason.LIMIT, 0, "limits need the native keeper");
    return programRefusal(spec, directory);
  }

  private static Optional<BodyRefusal> programRefusal(BodySpec spec, Path directory) {
    var program = spec.command().getFirst();
    if (program.contains("/")) {
      var path = directory.resolve(program);
      if (!Files.exists(path))
        return refuse(BodyRefusal.Reason.NOT_FOUND, ENOENT, "No such file or directory");
      if (!isProgram(path))
        return refuse(BodyRefusal.Reason.NOT_EXECUTABLE, EACCES, "Permission denied");
      return Optional.empty();
    }
    var path = spec.environment().getOrDefault("PATH", PATH_DEFAULT);
    if (lookUp(program, path).isPresent()) return Optional.empty();
    for (var element : path.split(":", -1))
      if (!program.isEmpty() && Files.exists(directory.resolve(element).resolve(program)))
        return refuse(BodyRefusal.Reason.NOT_EXECUTABLE, EACCES, "Permission denied");
    return refuse(BodyRefusal.Reason.NOT_FOUND, ENOENT, "No such file or directory");
  }

  private static Optional<BodyRefusal> refuse(BodyRefusal.Reason reason, int errno, String text) {
    return Optional.of(new BodyRefusal(reason, errno, text));
  }

  private static boolean isProgram(Path path) {
    return Files.isRegularFile(path) && Files.isExecutable(path);
  }

  private static Optional<Path> lookUp(String program, String path) {
    if (program.isEmpty()) return Optional.empty();
    for (var element : path.split(":", -1)) {
      var candidate = Path.of(element).resolve(program);
      if (isProgram(candidate)) return Optional.of(candidate);
    }
    return Optional.empty();
  }

  /** What is put before a command: lower priority and a session of its own. */
  private List<String> prefix(BodySpec spec) {
    var prefix = new ArrayList<String>();
    if (spec.nice() > 0)
      nice.ifPresent(
          path -> prefix.addAll(List.of(path.toString(), "-n", Integer.toString(spec.nice()))));
    setsid.ifPresent(path -> prefix.add(path.toString()));
    return prefix;
  }

  @Override
  public void heartbeat() {
    heardNanos = System.nanoTime();
  }

  @Override
  public void requestUsage() {
    bodies.values().forEach(JavaBody::reportUsage);
  }

  private void watch() {
    while (!ended) {
      LockSupport.parkNanos(WATCH_PERIOD.toNanos());
      if (System.nanoTime() - heardNanos > settings.silenceLimit().toNanos()) {
        end("nothing heard from the daemon for " + settings.silenceLimit().toMillis() + " ms");
        return;
      }
      long now = BootClock.system().millis();
      bodies.values().forEach(body -> body.enforceLease(now));
    }
  }

  @Override
  public void close() {
    end("the keeper was closed");
    try {
      if (Thread.currentThread() != atExit) Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      LOG.debug("event=keeper-closed-at-exit"); // the machine is shutting down already: it is gone
    }
  }

  private void end(String reason) {
    List<JavaBody> last;
    synchronized (startLock) {
      if (ended) return;
      ended = true;
      last = List.copyOf(bodies.values());
    }
    last.forEach(body -> body.lose(reason));
    long started = System.nanoTime();
    while (!last.stream().allMatch(JavaBody::isReported)
        && System.nanoTime() - started < END_PATIENCE.toNanos())
      LockSupport.parkNanos(WATCH_PERIOD.toNanos());
    try {
      Files.deleteIfExists(scratch);
    } catch (IOException e) {
      LOG.debug("event=scratch-kept path={} reason=\"{}\"", scratch, e.getMessage());
    }
    onEnd.accept(reason);
  }
}
