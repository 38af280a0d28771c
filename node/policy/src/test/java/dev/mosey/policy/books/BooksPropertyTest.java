package dev.mosey.policy.books;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Outcome;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.After;
import dev.mosey.protocol.job.NodeLoss;
import dev.mosey.protocol.json.Json;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Rules that hold for whatever is asked of a home, in any order. */
class BooksPropertyTest {
  private static final int STEPS = 60;
  private static final List<HostId> HOSTS =
      List.of(Specs.BETA, Specs.GAMMA, new HostId(Specs.BETA.node(), 2), new HostId(Specs.HOME, 1));

  private final HomeBench home = new HomeBench();

  private static Specs spec(Random random) {
    Specs spec =
        Specs.job()
            .user("u" + random.nextInt(3))
            .priority(random.nextInt(3))
            .retries(random.nextInt(2))
            .nodeLoss(random.nextBoolean() ? NodeLoss.RESTART : NodeLoss.FAIL);
    if (random.nextBoolean()) {
      spec.array("1-" + (1 + random.nextInt(6)) + (random.nextBoolean() ? "%2" : ""));
    }
    return spec;
  }

  private BooksCommand command(Random random) {
    long job = random.nextLong(1, 6);
    List<Run> tasks = random.nextBoolean() ? null : List.of(Run.of(random.nextInt(4)));
    HostId host = HOSTS.get(random.nextInt(HOSTS.size()));
    return switch (random.nextInt(15)) {
      case 0, 1 -> submit(random);
      case 2 -> new BooksCommand.Cancel(job, tasks, "ann");
      case 3 -> random.nextBoolean() ? new BooksCommand.Hold(job) : new BooksCommand.Release(job);
      case 4 -> new BooksCommand.Prioritise(job, random.nextInt(3));
      case 5 -> random.nextBoolean() ? new BooksCommand.Advance(job) : new BooksCommand.Retard(job);
      case 6 -> new BooksCommand.Retry(job, tasks, random.nextBoolean());
      case 7 -> new BooksCommand.Tick();
      case 8 -> new BooksCommand.Forget(host.node());
      case 9, 10, 11 ->
          new BooksCommand.Place(
              List.of(new Assignment(job, List.of(new Run(0, random.nextInt(4))), host)));
      default -> report(random, host);
    };
  }

  private BooksCommand submit(Random random) {
    Specs spec = spec(random);
    long next = home.machine.books().nextJob();
    if (next > 1 && random.nextBoolean()) {
      After.Kind kind =
          List.of(After.Kind.OK, After.Kind.ANY, After.Kind.EACH).get(random.nextInt(3));
      spec.after(new After(kind, new JobId(Specs.HOME, random.nextLong(1, next))));
    }
    String key = random.nextBoolean() ? null : "k" + random.nextInt(4);
    return new BooksCommand.Submit(key, spec.spec(), random.nextInt(4) == 0);
  }

  private BooksCommand report(Random random, HostId host) {
    List<Report.Guest> guests = new ArrayList<>();
    for (Job job : home.machine.books().jobs()) {
      for (Element element : job.elements()) {
        if (element.host() != null && element.host().node().equals(host.node())) {
          ProcessId id =
              home.machine.books().processOf(new TaskKey(job.number(), element.position()));
          int incarnation = Math.max(1, element.incarnation() - random.nextInt(2));
          guests.add(Report.Guest.of(id, incarnation, state(random, host)));
        }
      }
    }
    return new BooksCommand.HostReport(
        new Report(
            host,
            random.nextLong(1, 1000),
            null,
            guests,
            random.nextInt(5) == 0,
            random.nextInt(3)));
  }

  private static GuestState state(Random random, HostId host) {
    return switch (random.nextInt(6)) {
      case 0 -> new GuestState.Preparing();
      case 1 -> HomeBench.running();
      case 2 -> HomeBench.asks(1 + random.nextInt(3), Specs.GAMMA, Specs.image(1, host.node()));
      case 3 -> HomeBench.left(random.nextBoolean() ? null : Specs.image(2, host.node()));
      case 4 -> new GuestState.Refused(RefusalCode.FULL, "full");
      default -> HomeBench.ended(random.nextInt(2));
    };
  }

  private void history(long seed, Runnable afterEach) {
    Random random = new Random(seed);
    for (int i = 0; i < STEPS; i++) {
      home.millis += random.nextInt(4_000);
      home.run(command(random));
      afterEach.run();
    }
  }

  @Property(tries = 200)
  void theJournalGivesTheSameBooks(@ForAll long seed) {
    history(seed, () -> {});
    Books replayed = new Books(Specs.HOME, BooksLimits.USUAL);
    home.journal.forEach(replayed::apply);
    assertThat(replayed.snapshot()).isEqualTo(home.machine.books().snapshot());
    assertThat(replayed.waitingTasks()).isEqualTo(home.machine.books().waitingTasks());
    assertThat(replayed.liveTasks()).isEqualTo(home.machine.books().liveTasks());
    assertThat(replayed.hosts()).isEqualTo(home.machine.books().hosts());
  }

  @Property(tries = 200)
  void aSnapshotGivesTheSameBooksAndTheSameQueue(@ForAll long seed) {
    history(seed, () -> {});
    Books books = home.machine.books();
    BooksSnapshot read = Json.parse(Json.bytes(books.snapshot()), BooksSnapshot.class);
    Books restored = Books.restore(read, BooksLimits.USUAL);
    assertThat(restored).isEqualTo(books).hasSameHashCodeAs(books);
    HomeMachine other = new HomeMachine(restored, HomeBench.RULES, Rules.SAFE, home.now());
    assertThat(heads(other)).isEqualTo(heads(home.machine));
    assertThat(restored.liveJobs()).isEqualTo(books.liveJobs());
  }

  private List<List<Object>> heads(HomeMachine machine) {
    return machine.view().heads(100, java.util.Map.of("u1", 3.0), home.now()).stream()
        .map(head -> List.<Object>of(head.id(), head.tasks(), head.count(), head.priority()))
        .toList();
  }

  @Property(tries = 100)
  void decidingChangesNothing(@ForAll long seed) {
    Random random = new Random(seed);
    history(
        seed,
        () -> {
          Books books = home.machine.books();
          BooksSnapshot before = books.snapshot();
          Decision first = books.decide(command(random), home.machine.links(), home.now());
          assertThat(books.snapshot()).isEqualTo(before);
          assertThat(first).isNotNull();
        });
  }

  @Property(tries = 100)
  void aCopyIsIndependent(@ForAll long seed) {
    history(seed, () -> {});
    BooksSnapshot before = home.machine.books().snapshot();
    HomeMachine copy = home.machine.copy();
    assertThat(copy.books().snapshot()).isEqualTo(before);
    Random random = new Random(seed + 1);
    for (int i = 0; i < 20; i++) {
      copy.turn(List.of(command(random)), home.now());
    }
    assertThat(home.machine.books().snapshot()).isEqualTo(before);
  }

  /** Promises about every history, checked on the journal alone. */
  @Property(tries = 300)
  void theJournalKeepsThePromises(@ForAll long seed) {
    history(seed, this::sumsAreRight);
    java.util.Map<TaskKey, Integer> incarnations = new java.util.HashMap<>();
    java.util.Set<TaskKey> cancelled = new java.util.HashSet<>();
    java.util.Set<TaskKey> held = new java.util.HashSet<>();
    for (BooksEvent event : home.journal) {
      switch (event) {
        case BooksEvent.Placed e -> {
          for (TaskKey task : tasks(e.job(), e.tasks())) {
            assertThat(cancelled).doesNotContain(task);
            assertThat(held).doesNotContain(task);
            assertThat(e.incarnation()).isGreaterThan(incarnations.getOrDefault(task, 0));
            incarnations.put(task, e.incarnation());
          }
        }
        case BooksEvent.Moved e -> {
          TaskKey task = new TaskKey(e.job(), e.task());
          assertThat(cancelled).doesNotContain(task);
          assertThat(e.incarnation()).isEqualTo(incarnations.get(task) + 1);
          incarnations.put(task, e.incarnation());
        }
        case BooksEvent.CancelAsked e -> cancelled.addAll(tasks(e.job(), e.tasks()));
        case BooksEvent.Ended e -> {
          for (TaskKey task : tasks(e.job(), e.tasks())) {
            assertThat(cancelled.contains(task)).isIn(false, e.outcome() == Outcome.CANCELLED);
          }
        }
        case BooksEvent.Retried e -> {
          cancelled.removeAll(tasks(e.job(), e.tasks()));
          held.removeAll(tasks(e.job(), e.tasks()));
        }
        case BooksEvent.Held e -> {
          if (e.tasks() != null) {
            held.addAll(tasks(e.job(), e.tasks()));
          }
        }
        case BooksEvent.Released e -> held.removeIf(task -> task.job() == e.job());
        case BooksEvent.Cleared e -> held.remove(new TaskKey(e.job(), e.task()));
        case BooksEvent other -> {}
      }
    }
  }

  private void sumsAreRight() {
    Books books = home.machine.books();
    long waiting = 0;
    long live = 0;
    for (Job job : books.jobs()) {
      waiting += job.waiting().size();
      live += job.size() - job.endedCount();
      assertThat(job.heldBack().minus(job.waiting()).isEmpty()).isTrue();
      assertThat(job.heldBack().and(job.ready()).isEmpty()).isTrue();
      assertThat(job.waiting().size() + job.placedCount() + job.endedCount()).isEqualTo(job.size());
    }
    assertThat(books.waitingTasks()).isEqualTo(waiting);
    assertThat(books.liveTasks()).isEqualTo(live);
  }

  private static List<TaskKey> tasks(long job, List<Run> runs) {
    List<TaskKey> result = new ArrayList<>();
    for (Run run : runs) {
      for (int position = run.from(); position <= run.to(); position++) {
        result.add(new TaskKey(job, position));
      }
    }
    return result;
  }
}
