package dev.mosey.node.store;

import static dev.mosey.node.store.Fixtures.ALPHA;
import static dev.mosey.node.store.Fixtures.process;
import static dev.mosey.node.store.Fixtures.settings;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.node.store.Commit.Family;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Blob;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shared store against a real server. */
class PostgresStoreTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final byte[] PREFIX = Keys.prefix("home-alpha");

  private static PostgresServer server;

  @TempDir Path directory;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private SharedSettings shared;

  @BeforeAll
  static void start() throws IOException {
    server = PostgresServer.start();
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) server.close();
  }

  @AfterEach
  void close() throws Exception {
    for (var each : opened.reversed()) each.close();
  }

  private SharedDatabase database() {
    if (shared == null) shared = server.freshSchema(LONG);
    var database = SharedDatabase.open(shared);
    opened.add(database);
    return database;
  }

  private PostgresStore open(SharedDatabase database, String holder) {
    return open(database, holder, LONG);
  }

  private PostgresStore open(SharedDatabase database, String holder, Duration patience) {
    return openAs(database, new HomeRight.Opener(ALPHA, holder), patience);
  }

  private PostgresStore openAs(
      SharedDatabase database, HomeRight.Opener opener, Duration patience) {
    var store =
        PostgresStore.open(
            database, ALPHA, opener, settings().books(), patience, new Random(opened.size()));
    opened.add(store);
    return store;
  }

  private static Commit event(long number) {
    return new Commit()
        .put(Family.EVENTS, Keys.numbered(PREFIX, number), ("event " + number).getBytes(UTF_8));
  }

  private static List<Long> numbers(BooksStore store, long from, long to, boolean down) {
    var numbers = new ArrayList<Long>();
    var first = Keys.numbered(PREFIX, from);
    var end = Keys.numbered(PREFIX, to);
    if (down)
      store.scanDown(Family.EVENTS, first, end, (key, value) -> numbers.add(Keys.number(key)));
    else store.scan(Family.EVENTS, first, end, (key, value) -> numbers.add(Keys.number(key)));
    return numbers;
  }

  @Test
  void findsAgainWhatWasCommittedOverManyPages() {
    var database = database();
    try (var store = open(database, "here")) {
      var all = new ArrayList<CompletableFuture<Void>>();
      for (int i = 1; i <= 2000; i++) all.add(store.commit(event(i)));
      all.add(
          store.commit(
              new Commit()
                  .deleteRange(Family.EVENTS, Keys.numbered(PREFIX, 2), Keys.numbered(PREFIX, 4))
                  .delete(Family.EVENTS, Keys.numbered(PREFIX, 10))
                  .put(Family.EVENTS, Keys.numbered(PREFIX, 5), "another".getBytes(UTF_8))));
      all.forEach(CompletableFuture::join);
    }
    var store = open(database, "here");
    var expected =
        LongStream.rangeClosed(1, 2000)
            .filter(number -> number != 2 && number != 3 && number != 10)
            .boxed()
            .toList();
    assertThat(numbers(store, 0, 5000, false)).isEqualTo(expected);
    assertThat(numbers(store, 0, 5000, true)).isEqualTo(expected.reversed());
    assertThat(numbers(store, 4, 6, true)).containsExactly(5L, 4L);
    assertThat(store.get(Family.EVENTS, Keys.numbered(PREFIX, 5)))
        .hasValueSatisfying(value -> assertThat(value).asString(UTF_8).isEqualTo("another"));
    assertThat(store.get(Family.EVENTS, Keys.numbered(PREFIX, 3))).isEmpty();
    assertThat(store.get(Family.HISTORY, Keys.numbered(PREFIX, 5))).isEmpty();
  }

  @Test
  void ofTwoOpenersTheOldOnesNextWriteIsRefusedAndNotWritten() {
    var database = database();
    var old = open(database, "here");
    old.commit(event(1)).join();
    var young = open(database, "here");
    assertThat(young.fence()).isEqualTo(old.fence() + 1);
    assertThat(young.storeId()).isEqualTo(old.storeId());
    assertThatThrownBy(() -> old.commit(event(2)).join())
        .hasCauseInstanceOf(StoreException.class)
        .hasMessageContaining("the books of alpha have been opened elsewhere");
    assertThat(old.broken().join().kind()).isEqualTo(StoreException.Kind.FENCED);
    assertThat(old.holdsRight()).isFalse();
    assertThat(young.holdsRight()).isTrue();
    young.commit(event(3)).join();
    assertThat(numbers(young, 0, 10, false)).containsExactly(1L, 3L);
  }

  @Test
  void anIdleOpenerLearnsFromItsRenewalThatItIsFenced() {
    shared = server.freshSchema(Duration.ofSeconds(1));
    var database = database();
    var old = open(database, "here");
    open(database, "here");
    assertThat(old.broken()).succeedsWithin(LONG);
    assertThat(old.holdsRight()).isFalse();
  }

  @Test
  void booksThatSomebodyKeepsAreRefusedUntilTheyAreGivenBack() {
    shared = server.freshSchema(Duration.ofSeconds(1));
    var database = database();
    var first = open(database, "here");
    assertThatThrownBy(() -> open(database, "there", Duration.ofMillis(2500)))
        .isInstanceOf(StoreException.class)
        .hasMessage("the books of alpha are open on alpha");
    assertThat(first.holdsRight()).isTrue();
    first.commit(event(1)).join();
    first.close();
    assertThat(first.holdsRight()).isFalse();
    assertThat(numbers(open(database, "there"), 0, 10, false)).containsExactly(1L);
  }

  @Test
  void anOpenerWithoutTheDatabaseHasNoRightAnyMoreWhenTheNextOneOpens() {
    shared = server.freshSchema(Duration.ofSeconds(1));
    var cutOff = database();
    var old = open(cutOff, "here");
    assertThat(old.holdsRight()).isTrue();
    cutOff.close();
    var young = open(database(), "there");
    assertThat(old.holdsRight()).isFalse();
    assertThat(young.holdsRight()).isTrue();
  }

  @Test
  void whileTheServerCrashesAndStartsAgainWritesWaitAndNoneThatWasAnsweredIsLost()
      throws Exception {
    var store = open(database(), "here");
    var acknowledged = new ArrayList<Long>();
    var enough = new AtomicBoolean();
    var writing =
        CompletableFuture.runAsync(
            () -> {
              for (long number = 1; !enough.get(); number++) {
                store.commit(event(number)).join();
                synchronized (acknowledged) {
                  acknowledged.add(number);
                  acknowledged.notifyAll();
                }
              }
            });
    for (int crashes = 0; crashes < 2; crashes++) {
      awaitMore(acknowledged, 100);
      server.crash();
      assertThat(server.startAgain()).isZero();
    }
    awaitMore(acknowledged, 100);
    enough.set(true);
    writing.join();
    assertThat(store.broken()).isNotDone();
    assertThat(numbers(store, 0, Long.MAX_VALUE - 1, false)).containsAll(acknowledged);
  }

  private static void awaitMore(List<Long> acknowledged, int more) throws InterruptedException {
    synchronized (acknowledged) {
      int wanted = acknowledged.size() + more;
      while (acknowledged.size() < wanted) acknowledged.wait();
    }
  }

  @Test
  void aDatabaseThatDoesNotSyncIsRefused() throws SQLException {
    server.ask("alter system set full_page_writes = off");
    server.ask("select pg_reload_conf()");
    try {
      awaitSetting("off");
      assertThatThrownBy(this::database)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("does not sync");
    } finally {
      server.ask("alter system reset full_page_writes");
      server.ask("select pg_reload_conf()");
      awaitSetting("on");
    }
  }

  private static void awaitSetting(String wanted) throws SQLException {
    while (!wanted.equals(server.ask("show full_page_writes"))) Thread.onSpinWait();
  }

  @Test
  void aChangedByteIsFoundAndNamed() throws SQLException {
    var store = open(database(), "here");
    store.commit(event(1)).join();
    server.ask("update " + shared.schema() + ".mosey_entry set value = set_byte(value, 6, 0)");
    assertThatThrownBy(() -> store.get(Family.EVENTS, Keys.numbered(PREFIX, 1)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("corrupt record in the books of alpha");
  }

  private NodeStore node(String machine) {
    return node(machine, ALPHA);
  }

  private NodeStore node(String machine, NodeName name) {
    var path = directory.resolve(machine);
    var store = Fixtures.openShared(path, name, shared, "output.segment = 2048");
    opened.add(store);
    return store;
  }

  @Test
  void anotherMachineFindsOutputBlobsAndHistory() throws IOException {
    shared = server.freshSchema(LONG);
    byte[] image = new byte[700_000];
    new Random(3).nextBytes(image);
    Blob blob;
    try (var store = node("one")) {
      for (int i = 0; i < 100; i++) {
        var line = "line %03d of a long output\n".formatted(i).getBytes(UTF_8);
        store.output().append(process(1), 1, OutputStore.STDOUT, (long) i * line.length, line);
        if (i % 10 == 0) store.output().sync();
      }
      blob = store.blobs().put(image);
      var entry = new HistoryStore.Entry(process(1), 5, "ended".getBytes(UTF_8));
      store.history().put(List.of(entry), 9).join();
    }
    var store = node("two");
    assertThat(store.home().storeId()).isNotEqualTo(store.directory().identity().storeId());
    var output = store.output().read(process(1), OutputStore.STDOUT, 0, 1 << 20);
    assertThat(output.bytes())
        .asString(UTF_8)
        .startsWith("line 000")
        .endsWith("line 099 of a long output\n");
    assertThat(store.output().processes()).containsExactly(process(1));
    assertThat(store.history().get(process(1))).isPresent();
    assertThat(store.history().position()).isEqualTo(9);
    try (var in = store.blobs().open(blob.sha256())) {
      assertThat(in.readAllBytes()).isEqualTo(image);
    }
    store.blobs().sweep(Set.of(), store.blobs().generation());
    assertThat(store.blobs().has(blob.sha256())).isFalse();
    assertThat(store.blobs().bytes()).isZero();
  }

  @Test
  void whatGuestsPutStaysOnTheNodeUntilTheHomeWantsIt() {
    shared = server.freshSchema(LONG);
    var store = node("one");
    var blob = store.home().guestBlobs().put("an image".getBytes(UTF_8));
    assertThat(store.blobs().has(blob.sha256())).isFalse();
    assertThat(store.home().guestBlobs().has(blob.sha256())).isTrue();
    assertThat(store.blobs().obtain(blob.sha256())).isTrue();
    assertThat(store.blobs().list()).containsExactly(blob);
  }

  @Test
  void outputOfAnOpenerThatWasReplacedIsRefused() {
    shared = server.freshSchema(LONG);
    var old = node("one");
    old.output().append(process(1), 1, OutputStore.STDOUT, 0, "kept".getBytes(UTF_8));
    old.output().sync();
    open(database(), holderOf(shared));
    old.output().append(process(1), 1, OutputStore.STDOUT, 4, "lost".getBytes(UTF_8));
    assertThatThrownBy(() -> old.output().sync()).hasMessageContaining("opened elsewhere");
  }

  private static String holderOf(SharedSettings shared) {
    try {
      return server.ask("select holder from " + shared.schema() + ".mosey_home");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aDeputyIsToldThatTheHomesOwnNodeWantsTheBooksAndNoOtherDeputyAsks() {
    shared = server.freshSchema(Duration.ofSeconds(1));
    var database = database();
    var beta = NodeName.of("beta");
    var deputy = openAs(database, new HomeRight.Opener(beta, "there", false, 0), LONG);
    var another = new HomeRight.Opener(NodeName.of("gamma"), "yonder", false, 0);
    assertThatThrownBy(() -> openAs(database, another, Duration.ofMillis(1500)))
        .hasMessage("the books of alpha are open on beta");
    deputy.commit(event(1)).join();
    assertThat(deputy.wantedBy()).isEmpty();

    var coming = CompletableFuture.supplyAsync(() -> open(database, "here"));
    while (deputy.wantedBy().isEmpty()) Thread.onSpinWait();
    assertThat(deputy.wantedBy()).isEqualTo("alpha");
    deputy.close();
    assertThat(coming.join().newEpoch()).isTrue();
  }

  @Test
  void sessionsGrowOverAllMachinesThatBearTheName() {
    var database = database();
    var first = openAs(database, new HomeRight.Opener(ALPHA, "here", true, 57), LONG);
    first.close();
    var second = openAs(database, new HomeRight.Opener(ALPHA, "there", true, 1), LONG);
    assertThat(second.session()).isGreaterThan(first.session());
    assertThat(first.session()).isGreaterThan(57);
    second.close();
    try (var store = node("three")) {
      assertThat(store.directory().identity().session()).isGreaterThan(second.session());
    }
  }

  @Test
  void homesWithoutASignOfLifeAreFoundAfterTheirRightAndTheTimeToWait() throws Exception {
    shared = server.freshSchema(Duration.ofSeconds(1));
    var beta = node("one", NodeName.of("beta"));
    var cutOff = database();
    open(cutOff, "here");
    assertThat(beta.shared().orElseThrow().orphans(Duration.ZERO)).isEmpty();
    cutOff.close();
    while (beta.shared().orElseThrow().orphans(Duration.ZERO).isEmpty()) Thread.onSpinWait();
    assertThat(beta.shared().orElseThrow().orphans(Duration.ZERO)).containsExactly(ALPHA);
    assertThat(beta.shared().orElseThrow().orphans(Duration.ofMinutes(1))).isEmpty();
  }

  @Test
  void homesOfOneDatabaseDoNotSeeEachOther() {
    var database = database();
    var alpha = open(database, "here");
    var beta =
        PostgresStore.open(
            database,
            NodeName.of("beta"),
            new HomeRight.Opener(NodeName.of("beta"), "there"),
            settings().books(),
            LONG,
            new Random(99));
    opened.add(beta);
    alpha.commit(event(1)).join();
    beta.commit(event(2)).join();
    assertThat(numbers(alpha, 0, 10, false)).containsExactly(1L);
    assertThat(numbers(beta, 0, 10, false)).containsExactly(2L);
    assertThat(beta.storeId()).isNotEqualTo(alpha.storeId());
  }
}
