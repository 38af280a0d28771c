package dev.mosey.node.boot;

import dev.mosey.node.keeper.Body;
import dev.mosey.node.keeper.BodyListener;
import dev.mosey.node.keeper.BodySpec;
import dev.mosey.node.keeper.Keeper;
import dev.mosey.node.keeper.KeeperException;
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
  private volatile Keeper present;
  private boolean closed;

  /**
   * Starts the first keeper.
   *
   * @param starter starts one; its argument is to be told when that keeper has ended
   * @param givenUp told, in one line, when no other could be started
   */
  LastingKeeper(Function<Consumer<String>, Keeper> starter, Consumer<String> givenUp) {
    this.starter = starter;
    this.givenUp = givenUp;
    this.present = starter.apply(this::ended);
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
