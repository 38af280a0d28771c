package dev.mosey.node.keeper;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A daemon for tests: runs one body of each kind until it is killed. Arguments: fence, mark,
 * silence limit in ms. It prints {@code ready PID} with the keeper's pid.
 */
final class KeptDaemon {
  private KeptDaemon() {}

  /** Runs until it is killed. */
  public static void main(String[] arguments) {
    var settings = Keeping.settings(Duration.ofMillis(Long.parseLong(arguments[2])));
    var keeper = Keeping.nativeKeeper(settings, arguments[0]);
    for (var kind : BodyKind.values())
      keeper.spawn(kind.spec(arguments[1]).build(), new Keeping.Recorder());
    System.out.println("ready " + keeper.pid());
    while (true) {
      keeper.heartbeat();
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }
}
