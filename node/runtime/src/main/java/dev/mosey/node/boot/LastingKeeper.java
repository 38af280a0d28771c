package dev.mosey.node.boot;

import dev.mosey.node.keeper.Body;
import dev.mosey.node.keeper.BodyListener;
import dev.mosey.node.keeper.BodySpec;
import dev.mosey.node.keeper.Handed;
import dev.mosey.node.keeper.Keeper;
import dev.mosey.node.keeper.KeeperException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A keeper with a successor. A keeper ends with all its bodies when the daemon was silent too long
 * (stopped, or starved) or when somebody killed it; the daemon lives on and needs another one.
 */
final class LastingKeeper implements Keeper {
  private static final Logger LOG = LoggerFactory.getLogger(LastingKeeper.class);

  private final Function<Consumer<String>, Keeper> starter;
  private final Consumer<String> givenUp;
  private final boolean adopted;
  private volatile Keeper present;
  private boolean closed;

  /**
   * Starts the first keeper.
   *
   * @param first brings the first, where an earlier program has left one; null where none has
   * @param starter starts one; its argument is to be told when that keeper has ended
   * @param givenUp told, in one line, when no other could be started
   */
  LastingKeeper(
      Function<Consumer<String>, Keeper> first,
      Function<Consumer<String>, Keeper> starter,
      Consumer<String> givenUp) {
    this.starter = starter;
    this.givenUp = givenUp;
    this.adopted = first != null;
    this.present = (adopted ? first : starter).apply(this::ended);
  }

  /** Whether the first was left by an earlier program. */
  boolean wasAdopted() {
    return adopted;
  }

  private synchronized void ended(String why) {
    if (closed) {
      return;
    }
    LOG.warn("event=keeper-ended reason=\"{}\": starting another", why);
    try {
      present = starter.apply(this::ended);
    } catch (KeeperException failed) {
      givenUp.accept(failed.getMessage());
    }
  }

  @Override
  public Body spawn(BodySpec spec, BodyListener listener) {
    return present.spawn(spec, listener);
  }

  @Override
  public void heartbeat() {
    present.heartbeat();
  }

  @Override
  public void requestUsage() {
    present.requestUsage();
  }

  @Override
  public Body adopt(long id, BodyListener listener) {
    return present.adopt(id, listener);
  }

  @Override
  public void goOn() {
    try {
      present.goOn();
    } catch (KeeperException gone) {
      ended(gone.getMessage());
    }
  }

  @Override
  public Handed handOver(Duration patience) {
    synchronized (this) {
      closed = true;
    }
    return present.handOver(patience);
  }

  @Override
  public Supervision supervision() {
    return present.supervision();
  }

  @Override
  public void close() {
    Keeper last;
    synchronized (this) {
      closed = true;
      last = present;
    }
    last.close();
  }
}
