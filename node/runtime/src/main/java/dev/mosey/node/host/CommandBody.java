package dev.mosey.node.host;

import dev.mosey.node.host.BodyEvent.Packed;
import dev.mosey.node.keeper.Body.Scope;
import dev.mosey.node.keeper.BodyExit;
import dev.mosey.node.keeper.BodyListener;
import dev.mosey.node.keeper.BodyRefusal;
import dev.mosey.node.keeper.BodySpec;
import dev.mosey.node.keeper.BodyStream;
import dev.mosey.node.keeper.BodyUsage;
import dev.mosey.node.keeper.KeeperException;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Any program of the operating system.
 *
 * <p>{@code restart}: a pause stops it where it is; elsewhere it begins again. {@code never}: the
 * same, and it goes on there. {@code checkpoint}: a pause is SIGTERM; it saves into its directory
 * and exits with {@value #SAVED}, the directory is packed, and it is started again from it, here or
 * elsewhere. While it runs, a directory that it renames to {@value #COMMIT} inside its own is taken
 * as a checkpoint.
 */
final class CommandBody implements Body {
  /** The exit status that says: saved, go on from there. */
  static final int SAVED = 85;

  /** The name under which a running program commits a checkpoint. */
  static final String COMMIT = "commit";

  private static final Logger LOG = LoggerFactory.getLogger(CommandBody.class);
  private static final int SIGTERM = 15;
  private static final int SIGKILL = 9;
  private static final long HEED_PAUSE_NANOS = 5_000_000;

  /** Found to block SIGTERM so often in a row, it does so for good. */
  private static final int BLOCKED_LOOKS = 20;

  private final BodyOrder order;
  private final Place place;
  private final Consumer<BodyEvent> tell;
  private final boolean saves;
  private final Path checkpoints;
  private final Path committed;
  private long leaseBootMillis;
  private dev.mosey.node.keeper.Body running;
  private long cpuMillisBefore;

  /** Of what runs; 0 = not told yet. */
  private long pid;

  /** The wish to pause that waits for its answer; 0 = none. */
  private int pausing;

  /** How many freezes have not been answered yet. */
  private int freezes;

  /** It was asked to save itself: an exit with {@link #SAVED} is no end. */
  private boolean asked;

  private boolean started;
  private boolean taking;
  private boolean lapsed;
  private boolean discarded;

  CommandBody(BodyOrder order, Place place, Consumer<BodyEvent> tell) {
    this.order = order;
    this.place = place;
    this.tell = tell;
    this.saves = order.spec().move() == MoveMode.CHECKPOINT;
    this.checkpoints = saves ? order.directory().resolve("checkpoint") : null;
    this.committed = saves ? order.directory().resolve("committed") : null;
  }

  @Override
  public synchronized void start(long leaseBootMillis) {
    this.leaseBootMillis = leaseBootMillis;
    if (saves) {
      Blob image = order.image() == null ? null : order.image().blob();
      place.blocking().execute(() -> unpackAndSpawn(image));
    } else {
      spawn();
    }
  }

  @Override
  public synchronized HandedOver.Kept keep() {
    return new HandedOver.Kept(running == null ? 0 : running.id(), pid, cpuMillisBefore);
  }

  @Override
  public synchronized void adopt(HandedOver.Kept kept, long leaseBootMillis) {
    started = true;
    cpuMillisBefore = kept.cpuMillis();
    this.leaseBootMillis = leaseBootMillis;
    if (kept.body() == 0) {
      spawn();
      return;
    }
    pid = kept.pid();
    running = place.keeper().adopt(kept.body(), new Listener());
    lease(leaseBootMillis);
  }

  private void unpackAndSpawn(Blob image) {
    try {
      Trees.delete(checkpoints);
      Files.createDirectories(checkpoints);
      if (image != null) {
        try (var bytes = place.blobs().open(image.sha256())) {
          DirectoryImage.unpack(bytes, checkpoints, place.settings().checkpointBounds());
        }
      }
    } catch (IOException | RuntimeException e) {
      tell.accept(new BodyEvent.Refused(RefusalCode.NO_IMAGE, Lines.of(e)));
      return;
    }
    spawn();
  }

  private synchronized void spawn() {
    if (discarded) return;
    var spec = order.spec();
    try {
      var builder =
          BodySpec.of(CommandLine.of(order))
              .environment(CommandLine.environment(order, place.node().toString(), checkpoints))
              .directory(Path.of(spec.cwd()))
              .nice(place.settings().nice())
              .leaseBootMillis(leaseBootMillis)
              .outputCreditBytes(place.settings().outputWindowBytes());
      if (spec.stdin() != null) builder.stdinFile(place.blobs().path(spec.stdin().sha256()));
      pid = 0;
      running = place.keeper().spawn(builder.build(), new Listener());
    } catch (KeeperException e) {
      var code =
          e.reason() == KeeperException.Reason.TOO_LARGE ? RefusalCode.NOT_ABLE : RefusalCode.FULL;
      tell.accept(new BodyEvent.Refused(code, e.getMessage()));
    } catch (IllegalArgumentException e) {
      tell.accept(new BodyEvent.Refused(RefusalCode.NOT_ABLE, Lines.of(e)));
    }
  }

  @Override
  public synchronized void lease(long leaseBootMillis) {
    this.leaseBootMillis = leaseBootMillis;
    if (running == null) return;
    if (leaseBootMillis == 0) running.leaseFree();
    else running.leaseUntil(leaseBootMillis);
  }

  @Override
  public synchronized void signal(int number) {
    if (running != null) running.signal(number, Scope.GROUP);
  }

  @Override
  public synchronized void terminate() {
    asked = false;
    if (running == null) {
      kill();
      return;
    }
    running.thaw();
    running.signal(SIGTERM, Scope.GROUP);
  }

  @Override
  public synchronized void kill() {
    asked = false;
    if (running != null) running.kill();
    else tell.accept(new BodyEvent.Ended(Exit.signal(SIGKILL), cpuMillisBefore));
  }

  @Override
  public synchronized void pause(int request) {
    if (running == null) {
      tell.accept(new BodyEvent.NotPaused(request, "it does not run"));
    } else if (saves) {
      pausing = request;
      if (!askToSave(request, false)) place.blocking().execute(() -> askWhenItHeeds(request));
    } else {
      pausing = request;
      freezes++;
      running.freeze();
    }
  }

  /**
   * Sends SIGTERM, once that would not simply end the program: one that was started a moment ago
   * may not have come to its handler, and one without any must not die because it was to move.
   *
   * @param blocks whether it has held SIGTERM back for so long that it is no passing state
   * @return false when it is too early
   */
  private synchronized boolean askToSave(int request, boolean blocks) {
    if (pausing != request || running == null) return true;
    if (pid == 0) return false;
    var heeds = Heeds.sigterm(pid);
    if (heeds == Heeds.NOT || heeds == Heeds.BLOCKS && !blocks) return false;
    asked = true;
    running.signal(SIGTERM, Scope.GROUP);
    return true;
  }

  /** Until it is asked, has ended, or the wish is withdrawn after its grace. */
  private void askWhenItHeeds(int request) {
    int blocked = 0;
    while (!askToSave(request, blocked >= BLOCKED_LOOKS)) {
      LockSupport.parkNanos(HEED_PAUSE_NANOS);
      blocked = Heeds.sigterm(pid()) == Heeds.BLOCKS ? blocked + 1 : 0;
    }
  }

  private synchronized long pid() {
    return pid;
  }

  /** The wish is withdrawn: should it save and exit all the same, it is started again here. */
  @Override
  public synchronized void unpause() {
    if (!saves && pausing != 0 && running != null) running.thaw();
    pausing = 0;
  }

  @Override
  public synchronized void resume(Packed from) {
    if (from != null) place.blocking().execute(() -> unpackAndSpawn(from.blob()));
    else if (running != null) running.thaw();
  }

  @Override
  public synchronized void checkpoint() {
    tick();
  }

  @Override
  public synchronized void grant(int bytes) {
    if (running != null) running.grantOutput(bytes);
  }

  @Override
  public boolean wantsLooks() {
    return saves;
  }

  @Override
  public synchronized void tick() {
    if (!saves || running == null || taking || pausing != 0) return;
    taking = true;
    place.blocking().execute(this::takeCommitted);
  }

  private void takeCommitted() {
    try {
      if (takeAway()) {
        tell.accept(new BodyEvent.Checkpointed(pack(committed)));
        Trees.delete(committed);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("event=checkpoint-not-taken id={} reason=\"{}\"", order.id(), Lines.of(e));
    } finally {
      synchronized (this) {
        taking = false;
      }
    }
  }

  /** Moves a committed checkpoint out of the program's sight: from then on nobody changes it. */
  private boolean takeAway() throws IOException {
    Path commit = checkpoints.resolve(COMMIT);
    if (!Files.isDirectory(commit, LinkOption.NOFOLLOW_LINKS)) return false;
    Trees.delete(committed);
    Files.move(commit, committed, StandardCopyOption.ATOMIC_MOVE);
    return true;
  }

  private Packed pack(Path directory) throws IOException {
    Blob blob;
    try (var image = DirectoryImage.pack(directory, place.settings().checkpointBounds())) {
      blob = place.blobs().put(image);
    }
    return new Packed(blob, DirectoryImage.FORMAT, -1, -1);
  }

  private void packSaved(int request) {
    boolean commits = false;
    try {
      // Who commits by renaming says with it what counts; else it is the whole directory.
      commits = takeAway();
      tell.accept(new BodyEvent.Paused(request, pack(commits ? committed : checkpoints)));
    } catch (IOException | RuntimeException e) {
      // It has ended and what it saved can't be carried: here it goes on as it lies.
      if (commits) giveBack();
      tell.accept(new BodyEvent.NotPaused(request, "its checkpoint: " + Lines.of(e)));
      spawn();
    }
  }

  private void giveBack() {
    try {
      Files.move(committed, checkpoints.resolve(COMMIT), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.warn("event=checkpoint-not-given-back id={} reason=\"{}\"", order.id(), Lines.of(e));
    }
  }

  @Override
  public synchronized void discard() {
    discarded = true;
    if (running != null) running.kill();
    if (saves) place.blocking().execute(() -> Trees.deleteQuietly(order.directory()));
  }

  private synchronized void ended(BodyExit exit) {
    running = null;
    cpuMillisBefore += (exit.userMicros() + exit.systemMicros()) / 1000;
    if (discarded) return;
    boolean saved = saves && asked && !exit.signalled() && exit.value() == SAVED;
    asked = false;
    if (saved && pausing != 0) {
      int request = pausing;
      pausing = 0;
      place.blocking().execute(() -> packSaved(request));
    } else if (saved) {
      spawn();
    } else if (lapsed) {
      tell.accept(BodyEvent.Lost.leaseLapsed(cpuMillisBefore));
    } else {
      var how = exit.signalled() ? Exit.signal(exit.value()) : Exit.code(exit.value());
      tell.accept(new BodyEvent.Ended(how, cpuMillisBefore));
    }
  }

  private static RefusalCode code(BodyRefusal.Reason reason) {
    return switch (reason) {
      case FULL, NO_PROCESS, LEASE -> RefusalCode.FULL;
      case DIRECTORY -> RefusalCode.NO_DIRECTORY;
      case INPUT -> RefusalCode.NO_IMAGE;
      case LIMIT -> RefusalCode.NOT_ABLE;
      case NOT_FOUND -> RefusalCode.NO_COMMAND;
      case NOT_EXECUTABLE -> RefusalCode.NOT_EXECUTABLE;
    };
  }

  /** Told by the keeper, on its threads. */
  private final class Listener implements BodyListener {
    @Override
    public void started(dev.mosey.node.keeper.Body body, long startedPid) {
      synchronized (CommandBody.this) {
        running = body;
        pid = startedPid;
        if (started) return;
        started = true;
      }
      tell.accept(new BodyEvent.Started());
    }

    @Override
    public void output(dev.mosey.node.keeper.Body body, BodyStream stream, byte[] bytes) {
      tell.accept(new BodyEvent.Output(stream == BodyStream.STDERR ? 2 : 1, bytes));
    }

    @Override
    public void exited(dev.mosey.node.keeper.Body body, BodyExit exit) {
      ended(exit);
    }

    @Override
    public void refused(dev.mosey.node.keeper.Body body, BodyRefusal refusal) {
      tell.accept(new BodyEvent.Refused(code(refusal.reason()), refusal.text()));
    }

    @Override
    public void lost(dev.mosey.node.keeper.Body body, String reason) {
      tell.accept(new BodyEvent.Lost(reason, cpuMillisBefore));
    }

    @Override
    public void frozen(dev.mosey.node.keeper.Body body) {
      int request;
      synchronized (CommandBody.this) {
        // The answer to an earlier freeze, which was thawed since, proves nothing.
        if (--freezes > 0 || pausing == 0) return;
        request = pausing;
        pausing = 0;
      }
      tell.accept(new BodyEvent.Paused(request, null));
    }

    @Override
    public void leaseLapsed(dev.mosey.node.keeper.Body body) {
      synchronized (CommandBody.this) {
        lapsed = true;
      }
    }

    @Override
    public void usage(dev.mosey.node.keeper.Body body, BodyUsage usage) {
      tell.accept(
          new BodyEvent.Usage(cpuMillisBefore + usage.cpuMicros() / 1000, usage.rssBytes()));
    }
  }
}
