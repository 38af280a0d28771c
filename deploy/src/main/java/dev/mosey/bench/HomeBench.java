package dev.mosey.bench;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.mosey.node.cluster.Post;
import dev.mosey.node.config.BootClock;
import dev.mosey.node.config.NodeSettings;
import dev.mosey.node.config.Problems;
import dev.mosey.node.config.SettingsLoader;
import dev.mosey.node.home.Home;
import dev.mosey.node.home.HomeParts;
import dev.mosey.node.store.NodeStore;
import dev.mosey.node.store.StoreBench;
import dev.mosey.node.store.StoreSettings;
import dev.mosey.node.store.journal.StoreSetup;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Kind;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.NodeLoss;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.WireMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.slf4j.LoggerFactory;

/**
 * How fast a home acknowledges submits, each after its sync: one at a time, and with many in
 * flight. The disk's own sync, in the same minute and folder, stands beside it.
 */
final class HomeBench {
  private static final int ROUNDS = 5;
  private static final int IN_FLIGHT = 2000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final NodeName NAME = NodeName.of("bench");

  private final ActorSystem<Home.Command> home;
  private long keys;

  private HomeBench(ActorSystem<Home.Command> home) {
    this.home = home;
  }

  static List<Figure> run(Path place, boolean quick) throws Exception {
    // By one thread, before several ask at once.
    LoggerFactory.getILoggerFactory();
    Path directory = Files.createTempDirectory(Files.createDirectories(place), "home-");
    Duration each = quick ? Duration.ofMillis(400) : Duration.ofSeconds(3);
    Samples disk = new Samples();
    Samples lone = new Samples();
    Samples many = new Samples();
    int rounds = quick ? 1 : ROUNDS;
    try {
      for (int round = 0; round < rounds; round++) {
        Duration row = quick ? Duration.ofMillis(100) : Duration.ofMillis(300);
        var rows = new StoreBench(directory.resolve("disk" + round), row).run();
        disk.add(rows.getFirst().medianMicros() / 1e3);
        // New books in each round: they keep what they have taken, and it has a bound.
        try (NodeStore store = store(directory.resolve("data" + round))) {
          HomeBench bench = new HomeBench(start(store));
          bench.many(each.dividedBy(3));
          lone.add(bench.lone(each));
          many.add(bench.many(each));
          bench.home.terminate();
          bench.home.getWhenTerminated().toCompletableFuture().join();
        }
      }
    } finally {
      delete(directory);
    }
    return List.of(
        new Figure("home", "lone submit, p50", lone.median(), "ms", "< 1", rounds),
        new Figure(
            "home", "floor: 4 KiB appended and synced, p50", disk.median(), "ms", null, rounds),
        new Figure(
            "home",
            "submits, " + IN_FLIGHT + " in flight",
            many.median(),
            "/s",
            "> 10000",
            rounds));
  }

  private static NodeStore store(Path data) {
    return NodeStore.open(
        data, NAME, StoreSettings.defaults(), Optional.empty(), Instant.now(), new Random(1));
  }

  private static ActorSystem<Home.Command> start(NodeStore store) throws IOException {
    Problems problems = new Problems();
    NodeSettings settings = SettingsLoader.load(Map.of(), null, Map.of(), problems);
    HostId self = new HostId(NAME, store.directory().identity().session());
    Post nobody =
        new Post() {
          @Override
          public HostId self() {
            return self;
          }

          @Override
          public void send(NodeName to, WireMessage message) {
            // Nothing runs anywhere.
          }
        };
    HomeParts parts =
        new HomeParts(
            nobody,
            store.directory().identity().storeId(),
            false,
            false,
            "mosey.journal",
            "mosey.snapshots",
            store.output(),
            store::historyAgain,
            store.blobs(),
            store.directory().space(),
            (from, blob) -> CompletableFuture.failedFuture(new IOException("no other node")),
            job -> CompletableFuture.completedFuture(Optional.empty()),
            Set::of,
            settings.home(),
            settings.policy().books(),
            settings.policy().lease(),
            settings.unsafe().rules(),
            effect -> {},
            Clock.systemUTC(),
            BootClock.system(),
            () -> {},
            why -> System.err.println("bench: " + why));
    Config config =
        ConfigFactory.parseString(
                """
                pekko.actor {
                  serializers.mosey-books = "dev.mosey.node.home.BooksSerializer"
                  serialization-bindings {
                    "dev.mosey.node.home.BooksRecord" = mosey-books
                    "dev.mosey.node.home.HomeSnapshot" = mosey-books
                  }
                }
                pekko.loglevel = WARNING
                pekko.jvm-shutdown-hooks = off
                """)
            .withFallback(ConfigFactory.load());
    ActorSystem<Home.Command> system =
        ActorSystem.create(
            Home.create(parts),
            "bench",
            ActorSystemSetup.create(BootstrapSetup.create(config), new StoreSetup(store.books())));
    AskPattern.<Home.Command, BooksId>ask(system, Home.WhenOpen::new, PATIENCE, system.scheduler())
        .toCompletableFuture()
        .join();
    return system;
  }

  private CompletableFuture<BooksReply> submit() {
    BooksCommand command = new BooksCommand.Submit("k" + keys++, spec(), false);
    return AskPattern.<Home.Command, BooksReply>ask(
            home, replyTo -> new Home.Ask(command, replyTo), PATIENCE, home.scheduler())
        .toCompletableFuture();
  }

  /** Median of milliseconds. */
  private double lone(Duration duration) {
    Samples samples = new Samples();
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() < end) {
      long begun = System.nanoTime();
      submit().join();
      samples.add((System.nanoTime() - begun) / 1e6);
    }
    return samples.median();
  }

  /** Acknowledged in a second. */
  private double many(Duration duration) throws InterruptedException {
    Semaphore free = new Semaphore(IN_FLIGHT);
    AtomicLong accepted = new AtomicLong();
    long begun = System.nanoTime();
    while (System.nanoTime() < begun + duration.toNanos()) {
      free.acquire();
      submit()
          .whenComplete(
              (reply, failure) -> {
                if (reply instanceof BooksReply.Accepted) {
                  accepted.incrementAndGet();
                }
                free.release();
              });
    }
    free.acquire(IN_FLIGHT);
    return accepted.get() * 1e9 / (System.nanoTime() - begun);
  }

  private static JobSpec spec() {
    return new JobSpec(
        Kind.COMMAND,
        "bench",
        "ann",
        List.of("true"),
        "/tmp",
        Resources.of(1, 100),
        50,
        null,
        null,
        null,
        null,
        null,
        null,
        0,
        1_000,
        10_000,
        0,
        MoveMode.NEVER,
        NodeLoss.RESTART,
        false,
        List.of(),
        List.of(),
        List.of(),
        0,
        null,
        null);
  }

  private static void delete(Path directory) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(all::add);
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }
}
