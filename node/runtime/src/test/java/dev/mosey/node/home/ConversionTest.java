package dev.mosey.node.home;

import static dev.mosey.node.home.TestHome.ALPHA;
import static dev.mosey.node.home.TestHome.spec;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.node.store.Conversion;
import dev.mosey.node.store.Conversion.Counted;
import dev.mosey.node.store.Fixtures;
import dev.mosey.node.store.NodeStore;
import dev.mosey.node.store.OutputStore;
import dev.mosey.node.store.PostgresServer;
import dev.mosey.node.store.SharedSettings;
import dev.mosey.node.store.StoreException;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Blob;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Books that go to a database, and back. */
class ConversionTest {
  private static final int ENDED = 60;
  private static final int WAITING = 20;

  private static PostgresServer server;

  @TempDir Path directory;
  private final List<JobId> ended = new ArrayList<>();
  private final List<JobId> waiting = new ArrayList<>();
  private SharedSettings shared;
  private Blob blob;

  @BeforeAll
  static void start() throws IOException {
    server = PostgresServer.start();
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  private TestHome home(NodeStore store) {
    return new TestHome(store, TestHome.SETTINGS, UnaryOperator.identity());
  }

  private Map<String, Counted> convert(boolean toDatabase) {
    return Conversion.run(directory, ALPHA, Fixtures.settings(), shared, toDatabase, new Random(5));
  }

  @Test
  void booksGoToADatabaseAndBackWithAllThatIsInThem() {
    shared = server.freshSchema(Duration.ofSeconds(30));
    BooksId first = fill();
    Map<String, Counted> there = convert(true);
    assertThat(there.get("history").number()).isGreaterThanOrEqualTo(2 * ENDED);
    assertThat(there.get("events").number() + there.get("snapshots").number()).isPositive();
    assertThat(there.get("blobs")).isEqualTo(new Counted(1, blob.bytes()));
    assertThat(there.get("output").number()).isPositive();

    assertThatThrownBy(() -> Fixtures.open(directory))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("were carried to the store 'postgresql'");
    assertThatThrownBy(() -> convert(true)).hasMessageContaining("are not in the data directory");
    BooksId second = check(Fixtures.openShared(directory, shared));
    assertThat(second.succeeds(first)).isTrue();
    assertThat(first.succeeds(second)).isFalse();

    Map<String, Counted> back = convert(false);
    assertThat(back.get("history")).isEqualTo(there.get("history"));
    assertThatThrownBy(() -> Fixtures.openShared(directory.resolve("elsewhere"), shared))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("were carried to the store 'embedded'");
    BooksId third = check(Fixtures.open(directory));
    assertThat(third.succeeds(second)).isTrue();
    assertThat(second.succeeds(third)).isFalse();
  }

  private BooksId fill() {
    try (TestHome home = home(Fixtures.open(directory))) {
      BooksId books = home.awaitOpen();
      FakeHost beta = home.host("beta", 1, true);
      home.placeAt(beta.id());
      for (int i = 0; i < ENDED; i++) {
        ended.add(home.submit(spec("true")));
      }
      Await.until(() -> home.read(HomeView::live) == 0);
      Await.until(() -> home.store.historyAgain().count() == ENDED);
      home.placeAt(null);
      for (int i = 0; i < WAITING; i++) {
        waiting.add(home.submit(spec("true")));
      }
      ProcessId process = ended.getFirst().process(ProcessId.SINGLE);
      home.store.output().append(process, 1, OutputStore.STDOUT, 0, "hello".getBytes(UTF_8));
      home.store.output().sync();
      blob = home.store.blobs().put(new byte[300_000]);
      return books;
    }
  }

  private BooksId check(NodeStore store) {
    try (TestHome home = home(store)) {
      BooksId books = home.awaitOpen();
      assertThat(home.read(HomeView::waiting)).isEqualTo(WAITING);
      assertThat(waiting).allSatisfy(job -> assertThat(home.stateOf(job)).isEqualTo("waiting"));
      assertThat(ended)
          .allMatch(job -> home.history().find(job.process(ProcessId.SINGLE)).isPresent());
      ProcessId process = ended.getFirst().process(ProcessId.SINGLE);
      assertThat(store.output().read(process, OutputStore.STDOUT, 0, 100).bytes())
          .asString(UTF_8)
          .isEqualTo("hello");
      store.blobs().verify(blob.sha256());
      return books;
    }
  }

  @Test
  void anInterruptedConversionIsBegunAgainAndTheTargetIsNotOpenedMeanwhile() {
    shared = server.freshSchema(Duration.ofSeconds(30));
    fill();
    convert(true);
    // As it is when the last step did not take place.
    Fixtures.unfinish(directory, shared);
    assertThatThrownBy(() -> Fixtures.openShared(directory, shared))
        .hasMessageContaining("were not carried over completely");
    convert(true);
    check(Fixtures.openShared(directory, shared));
  }

  @Test
  void booksOnTheDiskAreNotForgottenForEmptyOnesAndOthersAreNotOverwritten() {
    shared = server.freshSchema(Duration.ofSeconds(30));
    fill();
    assertThatThrownBy(() -> Fixtures.openShared(directory, shared))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("has books that are not in the database");
    try (TestHome other = home(Fixtures.openShared(directory.resolve("other"), shared))) {
      other.awaitOpen();
    }
    assertThatThrownBy(() -> convert(true))
        .hasMessageContaining("there are books of alpha in the database already");
    check(Fixtures.open(directory));
  }
}
