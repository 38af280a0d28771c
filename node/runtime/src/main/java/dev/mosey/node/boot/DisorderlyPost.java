package dev.mosey.node.boot;

import dev.mosey.node.cluster.Post;
import dev.mosey.node.config.UnsafeSettings;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.wire.WireMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A post that sends some messages twice, and some later than those that follow them. For proofs:
 * the protocol must bear both.
 *
 * @param office carries them
 * @param share of those that are doubled, and of those that are late, 0 to 1
 * @param latestMillis how late at most
 * @param random decides which; a generator for the calling thread
 * @param later runs something after so many milliseconds
 */
record DisorderlyPost(
    Post office,
    double share,
    long latestMillis,
    Supplier<RandomGenerator> random,
    LongFunction<Executor> later)
    implements Post {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** The office itself, unless disorder is asked for; whatever is unsafe is said. */
  static Post over(Post office, UnsafeSettings unsafe) {
    if (unsafe.isOn()) {
      LOG.warn("event=unsafe settings=\"{}\": promises are taken back, for a proof", unsafe);
    }
    return unsafe.disorder() == 0
        ? office
        : new DisorderlyPost(
            office,
            unsafe.disorder(),
            unsafe.disorderMost().toMillis(),
            ThreadLocalRandom::current,
            millis -> CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
  }

  @Override
  public HostId self() {
    return office.self();
  }

  @Override
  public void send(NodeName to, WireMessage message) {
    if (to.equals(self().node())) {
      office.send(to, message);
      return;
    }
    int times = random.get().nextDouble() < share ? 2 : 1;
    for (int i = 0; i < times; i++) {
      if (random.get().nextDouble() < share) {
        later
            .apply(1 + random.get().nextLong(latestMillis))
            .execute(() -> office.send(to, message));
      } else {
        office.send(to, message);
      }
    }
  }
}
