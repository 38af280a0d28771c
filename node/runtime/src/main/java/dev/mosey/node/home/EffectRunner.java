package dev.mosey.node.home;

import dev.mosey.node.store.StoreException;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.Effect;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Orders.Order;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the books decided, once it is on the disk: sends orders, brings images home, asks after
 * jobs of other homes. What comes of it is a command again.
 */
final class EffectRunner {
  private static final Logger LOG = LoggerFactory.getLogger(EffectRunner.class);

  private record Fetch(ProcessId process, int incarnation, Image image) {}

  private final HomeParts parts;
  private final Consumer<BooksCommand> learnt;
  private final EntryLines lines;
  private final History history;
  private final Set<Fetch> fetching = ConcurrentHashMap.newKeySet();
  private final Set<JobId> asked = ConcurrentHashMap.newKeySet();
  private final Set<JobId> asking = ConcurrentHashMap.newKeySet();
  private long ordersSent;

  EffectRunner(HomeParts parts, Consumer<BooksCommand> learnt) {
    this.parts = parts;
    this.learnt = learnt;
    this.lines = new EntryLines(parts.blobs());
    this.history = new History(parts.history().get(), parts.name());
  }

  void run(Effect effect) {
    parts.passing().accept(effect);
    switch (effect) {
      case Effect.SendOrders send -> sendOrders(send);
      case Effect.FetchImage fetch ->
          fetch(new Fetch(fetch.process(), fetch.incarnation(), fetch.image()));
      case Effect.CheckImage check -> check(check.process(), check.image().blob());
      case Effect.AskDependency ask -> asked.add(ask.job());
      case Effect.TrustChanged changed ->
          LOG.warn(
              "event=hosts-left-out hosts={}",
              changed.excluded().isEmpty() ? "none" : changed.excluded());
      case Effect.QueueChanged changed -> {
        // The home tells its observers.
      }
    }
  }

  /**
   * Asks again after what is not known yet.
   *
   * @param historyIsComplete whether everything that has ended is in the history
   */
  void tick(boolean historyIsComplete) {
    for (JobId job : asked) {
      boolean here = job.home().equals(parts.name());
      if ((!here || historyIsComplete) && asking.add(job)) {
        ask(job, here);
      }
    }
  }

  private void ask(JobId job, boolean here) {
    CompletionStage<Optional<BooksCommand.DependencyEnded>> answer =
        here
            ? CompletableFuture.supplyAsync(() -> Optional.of(history.dependency(job)))
            : askAway(job);
    answer.whenComplete(
        (found, failure) -> {
          if (failure != null) {
            LOG.debug("event=dependency-unknown job={}", job, failure);
          } else if (found.isPresent()) {
            asked.remove(job);
            learnt.accept(found.get());
          }
          asking.remove(job);
        });
  }

  /** A home that is away or unknown must not end this one: it is asked again. */
  private CompletionStage<Optional<BooksCommand.DependencyEnded>> askAway(JobId job) {
    try {
      return parts.dependencies().find(job);
    } catch (RuntimeException cannotBeAsked) {
      return CompletableFuture.failedFuture(cannotBeAsked);
    }
  }

  private void fetch(Fetch fetch) {
    if (!fetching.add(fetch)) {
      return;
    }
    Image image = fetch.image;
    parts
        .fetcher()
        .fetch(List.of(image.at()), image.blob())
        .whenComplete(
            (blob, failure) -> {
              fetching.remove(fetch);
              learnt.accept(
                  failure == null
                      ? new BooksCommand.ImageKept(fetch.process, fetch.incarnation, atHome(image))
                      : new BooksCommand.ImageNotKept(
                          fetch.process, fetch.incarnation, String.valueOf(failure.getMessage())));
            });
  }

  private void check(ProcessId process, Blob image) {
    CompletableFuture.runAsync(
        () -> {
          String damage = damage(image);
          if (damage != null) {
            LOG.warn("event=checkpoint-damaged id={} why=\"{}\"", process, damage);
            // What is written under this name again must not be taken for known.
            parts.blobs().delete(image.sha256());
            learnt.accept(new BooksCommand.ImageDamaged(process, image, damage));
          }
        });
  }

  /** Why it can't be read, or null; trouble that may pass is none. */
  private String damage(Blob image) {
    if (!parts.blobs().has(image.sha256())) {
      return "it is not there any more";
    }
    try {
      parts.blobs().verify(image.sha256());
      return null;
    } catch (StoreException e) {
      return e.kind() == StoreException.Kind.CORRUPT ? e.getMessage() : null;
    }
  }

  private Image atHome(Image image) {
    return new Image(
        image.blob(),
        image.format(),
        parts.name(),
        image.stdout(),
        image.stderr(),
        image.takenAtMillis());
  }

  private void sendOrders(Effect.SendOrders send) {
    for (Orders page : OrderPages.of(withEntries(send.orders()), () -> ++ordersSent)) {
      parts.post().send(send.to(), page);
    }
  }

  /** Each start of a job with lines gets its own. */
  private Orders withEntries(Orders orders) {
    if (orders.specs().values().stream().allMatch(spec -> spec.entries() == null)) {
      return orders;
    }
    List<Order> filled = new ArrayList<>(orders.orders().size());
    Set<Long> broken = new HashSet<>();
    for (Order order : orders.orders()) {
      JobSpec spec =
          order instanceof Order.Start start ? orders.specs().get(start.id().job()) : null;
      if (spec == null || spec.entries() == null) {
        filled.add(order);
        continue;
      }
      Order.Start start = (Order.Start) order;
      try {
        filled.add(
            new Order.Start(
                start.id(),
                start.incarnation(),
                start.image(),
                start.move(),
                start.leaseMillis(),
                lines.of(spec, start.id()),
                start.now()));
      } catch (RuntimeException unreadable) {
        // It stays placed and is ordered again: better late than with the wrong line.
        if (broken.add(start.id().job())) {
          LOG.error("event=entries-unreadable job={}", start.id().jobId(), unreadable);
        }
      }
    }
    return new Orders(
        orders.books(), orders.seq(), orders.to(), orders.answers(), filled, orders.specs());
  }
}
