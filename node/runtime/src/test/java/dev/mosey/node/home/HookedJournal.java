package dev.mosey.node.home;

import dev.mosey.node.store.journal.StoreJournal;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.setup.Setup;
import org.apache.pekko.persistence.AtomicWrite;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/** The real journal, whose answers a test can count, hold back, or turn into failures. */
public final class HookedJournal extends StoreJournal {
  /** What a test asks of it. */
  static final class Hook extends Setup {
    final AtomicInteger records = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean storesFailed;
    private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

    /** From now on nothing is answered until {@link #release}; it is written all the same. */
    void hold() {
      gate = new CompletableFuture<>();
    }

    void release() {
      gate.complete(null);
    }

    /**
     * The next writes fail; with {@code stored} they are on the disk nevertheless, as after a
     * time-out.
     */
    void fail(int count, boolean stored) {
      storesFailed = stored;
      failures.set(count);
    }
  }

  private final Hook hook = context().system().settings().setup().get(Hook.class).get();

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> writes) {
    boolean fails = hook.failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    if (fails && !hook.storesFailed) {
      return FutureConverters.asScala(CompletableFuture.failedFuture(broken()));
    }
    writes.forEach(write -> hook.records.addAndGet(write.size()));
    CompletableFuture<Void> gate = hook.gate;
    return FutureConverters.asScala(
        FutureConverters.asJava(super.doAsyncWriteMessages(writes))
            .thenCombine(
                gate,
                (result, nothing) -> {
                  if (fails) {
                    throw new java.util.concurrent.CompletionException(broken());
                  }
                  return result;
                }));
  }

  private static IOException broken() {
    return new IOException("the test broke this write");
  }
}
