package dev.mosey.node.host;

import dev.mosey.node.keeper.BodyExit;
import dev.mosey.node.keeper.BodyListener;
import dev.mosey.node.keeper.BodyRefusal;
import dev.mosey.node.keeper.BodySpec;
import dev.mosey.node.keeper.BodyStream;
import dev.mosey.node.keeper.Keeper;
import dev.mosey.node.store.BlobStore;
import dev.mosey.node.stream.BlobSource;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Blob;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Does with a made-up image what a move does with a real one, and takes the time: keeps it here,
 * fetches it from another node, reads it; and starts a body that ends at once. Its methods block.
 */
public final class LinkProbe {
  private static final int STARTS = 3;
  private static final double NANOS = 1e9;

  private final BlobStore blobs;
  private final BlobSource source;
  private final Keeper keeper;
  private final Supplier<RandomGenerator> random;

  /**
   * A probe.
   *
   * @param blobs in which images lie here
   * @param source brings those of other nodes
   * @param keeper starts bodies
   * @param random makes up images, so that none is like another
   */
  public LinkProbe(
      BlobStore blobs, BlobSource source, Keeper keeper, Supplier<RandomGenerator> random) {
    this.blobs = blobs;
    this.source = source;
    this.keeper = keeper;
    this.random = random;
  }

  /** An image that was kept, and the seconds that this took. */
  public record Written(Blob blob, double seconds) {}

  /**
   * What a target has found, in seconds.
   *
   * @param carrySeconds to fetch, check and keep it
   * @param readSeconds to read it
   * @param startSeconds to start a body
   */
  public record Taken(double carrySeconds, double readSeconds, double startSeconds) {}

  /** Keeps an image of this size. */
  public Written write(int bytes) {
    byte[] image = new byte[bytes];
    random.get().nextBytes(image);
    long begin = System.nanoTime();
    Blob blob = blobs.put(image);
    return new Written(blob, since(begin));
  }

  /** Takes one from another node; it is not kept any longer than that. */
  public Taken take(NodeName from, Blob blob) {
    try {
      long begin = System.nanoTime();
      source.fetch(List.of(from), blob).toCompletableFuture().join();
      double carry = since(begin);
      begin = System.nanoTime();
      blobs.verify(blob.sha256());
      return new Taken(carry, since(begin), start());
    } finally {
      forget(blob);
    }
  }

  /** It is needed no more. */
  public void forget(Blob blob) {
    blobs.delete(blob.sha256());
  }

  private double start() {
    double[] seconds = new double[STARTS];
    for (int i = 0; i < STARTS; i++) {
      long begin = System.nanoTime();
      CompletableFuture<Long> started = new CompletableFuture<>();
      keeper.spawn(
          BodySpec.of("true").environment(Map.of("PATH", "/usr/bin:/bin")).build(),
          new Starting(started));
      seconds[i] = (started.join() - begin) / NANOS;
    }
    Arrays.sort(seconds);
    return seconds[STARTS / 2];
  }

  private static double since(long begin) {
    return (System.nanoTime() - begin) / NANOS;
  }

  /** Notes when a body runs. */
  private record Starting(CompletableFuture<Long> at) implements BodyListener {
    @Override
    public void started(dev.mosey.node.keeper.Body body, long pid) {
      at.complete(System.nanoTime());
    }

    @Override
    public void output(dev.mosey.node.keeper.Body body, BodyStream stream, byte[] bytes) {
      // it says nothing
    }

    @Override
    public void exited(dev.mosey.node.keeper.Body body, BodyExit exit) {
      // that is what it is for
    }

    @Override
    public void refused(dev.mosey.node.keeper.Body body, BodyRefusal refusal) {
      at.completeExceptionally(new IllegalStateException("no body starts here: " + refusal));
    }

    @Override
    public void lost(dev.mosey.node.keeper.Body body, String reason) {
      at.completeExceptionally(new IllegalStateException("no body lives here: " + reason));
    }

    @Override
    public void leaseLapsed(dev.mosey.node.keeper.Body body) {
      // it has none
    }
  }
}
