package dev.mosey.node.keeper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon's side of {@code mosd-keeper}, whose source describes the frames.
 *
 * <p>Three threads: one writes what callers have put into a queue (so that nobody ever waits for
 * the pipe), one reads and calls back, one passes the keeper's complaints to the log. When the
 * keeper ends, its wardens kill what they run; it is made sure of by {@link FenceSweep} before the
 * bodies are reported as lost.
 *
 * <p>The keeper watches the daemon by its heartbeats, and the daemon the keeper by the answers: one
 * that answers none (it was stopped, say) could not enforce a lease, and is killed.
 */
final class NativeKeeper implements Keeper {
  private static final Logger LOG = LoggerFactory.getLogger(NativeKeeper.class);
  private static final long START_SECONDS_MAX = 10;
  private static final long END_SECONDS_MAX = 20;

  /** Fewer may be unanswered only because this daemon itself did not get to read. */
  private static final long UNANSWERED_HEARTBEATS_MIN = 4;

  private final KeeperSettings settings;
  private final String fence;
  private final Consumer<String> onEnd;
  private final KeeperProcess process;
  private final ConcurrentHashMap<Long, NativeBody> bodies = new ConcurrentHashMap<>();
  private final AtomicLong lastBody = new AtomicLong();
  private final CountDownLatch welcomed = new CountDownLatch(1);
  private final CountDownLatch handed = new CountDownLatch(1);
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Thread reader;

  /** It was another program's before, and has not heard of this one. */
  private boolean toBeGreeted;

  /** The next program takes it over: its pipes stay open. */
  private volatile boolean handing;

  private final Object queueLock = new Object();
  private Frames queue = new Frames();
  private boolean ended;

  private final AtomicLong heartbeatsUnanswered = new AtomicLong();
  private volatile long answeredNanos = System.nanoTime();
  private volatile String complaint = "";

  private NativeKeeper(
      KeeperSettings settings, String fence, Consumer<String> onEnd, KeeperProcess process) {
    this.settings = settings;
    this.fence = fence;
    this.onEnd = onEnd;
    this.process = process;
    this.reader = daemonThread("keeper-reader", this::read);
  }

  /**
   * Starts the keeper and waits until it has answered.
   *
   * @throws KeeperException if it can't be started or does not answer
   */
  static NativeKeeper start(
      Path binary, KeeperSettings settings, String fence, Consumer<String> onEnd) {
    NativeKeeper keeper;
    try {
      var builder = new ProcessBuilder(List.of(binary.toString()));
      // So that a sweep also finds a keeper that was stopped, with all that hangs below it.
      builder.environment().put(FenceSweep.VARIABLE, fence);
      var process = new KeeperProcess.Started(builder.start());
      keeper = new NativeKeeper(settings, fence, onEnd, process);
    } catch (IOException e) {
      throw new KeeperException(
          KeeperException.Reason.ENDED, "can't start " + binary + ": " + e.getMessage(), e);
    }
    keeper.greet(binary.toString());
    return keeper;
  }

  /**
   * Takes over the keeper of the program before this one. It says nothing until {@link #goOn}.
   *
   * @throws KeeperException if it is not there any more
   */
  static NativeKeeper adopt(
      Handed handed, KeeperSettings settings, String fence, Consumer<String> onEnd) {
    try {
      var keeper = new NativeKeeper(settings, fence, onEnd, KeeperProcess.Adopted.of(handed));
      keeper.lastBody.set(handed.lastBody());
      keeper.toBeGreeted = true;
      return keeper;
    } catch (IOException e) {
      throw new KeeperException(
          KeeperException.Reason.ENDED, "the keeper is gone: " + e.getMessage(), e);
    }
  }

  private void greet(String name) {
    queue.hello(settings);
    daemonThread("keeper-writer", this::write).start();
    daemonThread("keeper-complaints", this::readComplaints).start();
    reader.start();
    if (!awaitWelcome()) {
      process.destroyForcibly();
      throw new KeeperException(
          KeeperException.Reason.ENDED, name + " does not answer: " + endReason());
    }
  }

  @Override
  public Body adopt(long id, BodyListener listener) {
    var body = new NativeBody(id, listener, this);
    bodies.put(id, body);
    return body;
  }

  @Override
  public void goOn() {
    if (!toBeGreeted) return;
    toBeGreeted = false;
    greet("mosd-keeper");
  }

  @Override
  public Handed handOver(Duration patience) {
    synchronized (queueLock) {
      if (ended) throw new KeeperException(KeeperException.Reason.ENDED, "the keeper has ended");
      queue.handOver(patience.toMillis());
      handing = true;
      ended = true; // the writer sends what is left, this last
      queueLock.notifyAll();
    }
    try {
      if (!handed.await(END_SECONDS_MAX, TimeUnit.SECONDS))
        throw new KeeperException(KeeperException.Reason.ENDED, "the keeper does not answer");
      reader.join();
      return process.handed(lastBody.get());
    } catch (IOException e) {
      throw new KeeperException(KeeperException.Reason.ENDED, e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KeeperException(KeeperException.Reason.ENDED, "interrupted");
    }
  }

  private boolean awaitWelcome() {
    try {
      return welcomed.await(START_SECONDS_MAX, TimeUnit.SECONDS) && process.isAlive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Thread daemonThread(String name, Runnable task) {
    return Thread.ofPlatform().daemon().name(name).unstarted(task);
  }

  /** The keeper's process id. */
  long pid() {
    return process.pid();
  }

  @Override
  public Supervision supervision() {
    return Supervision.STRONG;
  }

  // ---- what callers ask ----

  @Override
  public Body spawn(BodySpec spec, BodyListener listener) {
    var payload = Frames.spawnPayload(spec, fence);
    if (payload.length > settings.frameBytesMax())
      throw new KeeperException(
          KeeperException.Reason.TOO_LARGE,
          "command and environment are %d bytes, more than %d"
              .formatted(payload.length, settings.frameBytesMax()));
    var body = new NativeBody(lastBody.incrementAndGet(), listener, this);
    synchronized (queueLock) {
      if (ended) throw new KeeperException(KeeperException.Reason.ENDED, "the keeper has ended");
      if (queue.size() + payload.length > settings.queueBytesMax())
        throw new KeeperException(
            KeeperException.Reason.BUSY, "too much waits for the keeper; try again later");
      bodies.put(body.id(), body);
      queue.spawn(body.id(), payload);
      queueLock.notifyAll();
    }
    return body;
  }

  /** Adds frames to the queue. A keeper that leaves too many of them unread is killed. */
  void send(Consumer<Frames> frames) {
    synchronized (queueLock) {
      if (ended) return;
      frames.accept(queue);
      queueLock.notifyAll();
      if (queue.size() <= 2L * settings.queueBytesMax()) return;
      ended = true;
    }
    giveUp("it reads nothing");
  }

  @Override
  public void heartbeat() {
    if (heartbeatsUnanswered.incrementAndGet() > UNANSWERED_HEARTBEATS_MIN
        && System.nanoTime() - answeredNanos > settings.silenceLimit().toNanos()) {
      giveUp("it does not answer");
      return;
    }
    send(frames -> frames.plain(Frames.HEARTBEAT, 0));
  }

  @Override
  public void requestUsage() {
    send(frames -> frames.plain(Frames.STATS, 0));
  }

  private void giveUp(String why) {
    if (closing.getAndSet(true)) return;
    complaint = "mosd-keeper was killed: " + why;
    LOG.error("event=keeper-killed pid={} reason=\"{}\"", process.pid(), why);
    process.destroyForcibly();
  }

  @Override
  public void close() {
    if (handed.getCount() == 0) return;
    closing.set(true);
    synchronized (queueLock) {
      ended = true; // the writer sends what is left, then closes the pipe: that ends the keeper
      queueLock.notifyAll();
    }
    if (Thread.currentThread() == reader) return;
    try {
      if (process.waitFor(END_SECONDS_MAX)) {
        reader.join();
        return;
      }
      process.destroyForcibly();
      reader.join(TimeUnit.SECONDS.toMillis(END_SECONDS_MAX));
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  // ---- threads ----

  private void write() {
    OutputStream out = process.toKeeper();
    try {
      var spare = new Frames();
      while (true) {
        Frames full;
        synchronized (queueLock) {
          while (queue.size() == 0 && !ended) queueLock.wait();
          if (queue.size() == 0) {
            if (!handing) out.close();
            return;
          }
          full = queue;
          queue = spare;
        }
        out.write(full.array(), 0, full.size());
        out.flush();
        full.clear();
        spare = full;
      }
    } catch (IOException e) {
      LOG.debug("event=keeper-pipe-closed reason=\"{}\"", e.getMessage()); // the reader reports it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void readComplaints() {
    try (var lines =
        new BufferedReader(new InputStreamReader(process.complaints(), StandardCharsets.UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        complaint = line;
        LOG.warn("event=keeper-says text=\"{}\"", line);
      }
    } catch (IOException e) {
      LOG.debug("event=keeper-stderr-closed reason=\"{}\"", e.getMessage());
    }
  }

  private void read() {
    InputStream in = process.fromKeeper();
    try {
      var buffer = ByteBuffer.allocate(4 * Frames.CHUNK_BYTES);
      while (true) {
        int got = in.read(buffer.array(), buffer.position(), buffer.remaining());
        if (got < 0) break;
        buffer.position(buffer.position() + got).flip();
        while (nextFrame(buffer)) answeredNanos = System.nanoTime();
        if (handed.getCount() == 0) return;
        buffer.compact();
      }
    } catch (IOException e) {
      LOG.debug("event=keeper-pipe-closed reason=\"{}\"", e.getMessage());
    } catch (RuntimeException e) {
      // Of a process that has ended, Java's reaper reads the last bytes as well: half frames then.
      if (process.isAlive() && !closing.get()) LOG.error("event=keeper-garbled", e);
    }
    finish();
  }

  private boolean nextFrame(ByteBuffer buffer) {
    if (buffer.remaining() < Frames.HEADER_BYTES) return false;
    int size = buffer.getInt(buffer.position());
    if (size < 0 || size > Frames.CHUNK_BYTES + 1)
      throw new IllegalStateException("a frame of " + size + " bytes from the keeper");
    if (buffer.remaining() < Frames.HEADER_BYTES + size) return false;
    byte type = buffer.get(buffer.position() + 4);
    long id = buffer.getLong(buffer.position() + 5);
    var payload = buffer.slice(buffer.position() + Frames.HEADER_BYTES, size);
    buffer.position(buffer.position() + Frames.HEADER_BYTES + size);
    handle(type, id, payload);
    return true;
  }

  private void handle(byte type, long id, ByteBuffer payload) {
    switch (type) {
      case Frames.WELCOME -> {
        int version = payload.getInt();
        if (version != Frames.PROTOCOL_VERSION)
          throw new IllegalStateException("the keeper speaks version " + version);
        welcomed.countDown();
      }
      case Frames.ALIVE -> heartbeatsUnanswered.set(0);
      case Frames.HANDED -> handed.countDown();
      case Frames.HELD -> {
        if (!bodies.containsKey(id)) send(frames -> frames.plain(Frames.KILL, id));
      }
      case Frames.EXITED, Frames.REFUSED, Frames.LOST -> {
        var body = bodies.remove(id);
        if (body != null) body.tell(type, payload);
        else if (!isOfBefore(id)) throw new IllegalStateException("no body " + id + " can end");
      }
      default -> {
        var body = bodies.get(id);
        if (body != null) body.tell(type, payload);
        else if (!isOfBefore(id))
          throw new IllegalStateException("frame " + type + " for no body " + id);
      }
    }
  }

  /** Whether it is a body of the program before that was of no use to this one. */
  private boolean isOfBefore(long id) {
    return process instanceof KeeperProcess.Adopted adopted && id <= adopted.as().lastBody();
  }

  private String endReason() {
    return complaint.isEmpty() ? "the keeper has ended" : complaint;
  }

  private void finish() {
    synchronized (queueLock) {
      ended = true;
      queueLock.notifyAll();
    }
    // Its end is what makes the wardens kill; one that only closed its pipe must not live on.
    closeQuietly(process.toKeeper());
    if (!process.onExit().isDone()) awaitExit();
    var swept = FenceSweep.sweep(fence);
    var text = closing.get() && complaint.isEmpty() ? "the keeper was closed" : endReason();
    if (!swept.left().isEmpty()) {
      text += "; could not be killed: " + swept.left();
      LOG.error("event=survivors processes=\"{}\"", swept.left());
    }
    var reason = text;
    for (var body : List.copyOf(bodies.values())) {
      bodies.remove(body.id());
      body.lost(reason);
    }
    if (welcomed.getCount() == 0) onEnd.accept(reason);
    welcomed.countDown();
  }

  private static void closeQuietly(OutputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      LOG.debug("event=keeper-pipe-closed reason=\"{}\"", e.getMessage());
    }
  }

  private void awaitExit() {
    try {
      if (process.waitFor(END_SECONDS_MAX)) return;
      process.destroyForcibly();
      process.waitFor(END_SECONDS_MAX);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
