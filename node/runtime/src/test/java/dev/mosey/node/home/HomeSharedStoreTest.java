package dev.mosey.node.home;

import static dev.mosey.node.home.TestHome.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.store.Fixtures;
import dev.mosey.node.store.PostgresServer;
import dev.mosey.node.store.SharedSettings;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.ProcessId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A home whose books are in a real database. */
class HomeSharedStoreTest {
  private static PostgresServer server;

  @TempDir Path directory;
  private SharedSettings shared;

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

  private TestHome open(String machine) {
    if (shared == null) {
      shared = server.freshSchema(Duration.ofSeconds(30));
    }
    return new TestHome(
        Fixtures.openShared(directory.resolve(machine), shared),
        TestHome.SETTINGS,
        UnaryOperator.identity());
  }

  @Test
  void aDatabaseThatCrashesUnderLoadStopsTheHomeForAWhileAndLosesNothing() throws Exception {
    try (TestHome home = open("one")) {
      home.awaitOpen();
      FakeHost beta = home.host("beta", 1, true);
      home.placeAt(beta.id());
      AtomicBoolean enough = new AtomicBoolean();
      AtomicInteger answered = new AtomicInteger();
      List<CompletableFuture<Set<JobId>>> clients = new ArrayList<>();
      for (int client = 0; client < 8; client++) {
        String name = "client" + client + "-";
        clients.add(CompletableFuture.supplyAsync(() -> submits(home, name, enough, answered)));
      }
      for (int crashes = 0; crashes < 2; crashes++) {
        int before = answered.get();
        Await.until(() -> answered.get() > before + 200);
        server.crash();
        assertThat(server.startAgain()).isZero();
      }
      int before = answered.get();
      Await.until(() -> answered.get() > before + 200);
      enough.set(true);
      Set<JobId> all = new HashSet<>();
      for (CompletableFuture<Set<JobId>> client : clients) {
        Set<JobId> accepted = client.join();
        assertThat(all).doesNotContainAnyElementsOf(accepted);
        all.addAll(accepted);
      }
      Await.until(() -> home.read(HomeView::live) == 0);
      Await.until(
          () ->
              all.stream()
                  .allMatch(job -> home.history().find(job.process(ProcessId.SINGLE)).isPresent()));
      assertThat(home.broken).isEmpty();
    }
  }

  /** As a tool does: with a key, and again with the same one when no answer has come. */
  private static Set<JobId> submits(
      TestHome home, String name, AtomicBoolean enough, AtomicInteger answered) {
    Set<JobId> accepted = new HashSet<>();
    for (int number = 0; !enough.get(); number++) {
      BooksReply reply = null;
      while (!(reply instanceof BooksReply.Accepted yes)) {
        try {
          reply = home.answerTo(new BooksCommand.Submit(name + number, spec("true"), false));
        } catch (CompletionException noAnswer) {
          reply = null;
        }
      }
      accepted.add(yes.id());
      answered.incrementAndGet();
    }
    return accepted;
  }

  @Test
  void anotherMachineOpensTheBooksWithAllThatIsInThem() {
    BooksId before;
    JobId job;
    try (TestHome home = open("one")) {
      before = home.awaitOpen();
      job = home.submit(spec("true"));
    }
    try (TestHome home = open("two")) {
      BooksId after = home.awaitOpen();
      assertThat(after.epoch()).isGreaterThan(before.epoch());
      assertThat(after.succeeds(before)).isTrue();
      assertThat(before.succeeds(after)).isFalse();
      assertThat(home.stateOf(job)).isEqualTo("waiting");
      before = after;
    }
    try (TestHome home = open("two")) {
      assertThat(home.awaitOpen().epoch()).isEqualTo(before.epoch());
    }
  }
}
