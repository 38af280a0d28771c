package dev.mosey.policy.books;

import static dev.mosey.policy.books.Specs.BETA;
import static dev.mosey.policy.books.Specs.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.json.Json;
import dev.mosey.protocol.wire.Report;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Rough bounds on processor time, ten times what was measured: they find a scan over everything,
 * not a slow machine.
 */
class BooksSpeedTest {
  private static final int MANY = 100_000;

  private final HomeBench home = new HomeBench();

  private static long cpuMillis(Runnable work) {
    var threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    work.run();
    return (threads.getCurrentThreadCpuTime() - before) / 1_000_000;
  }

  /** Starts and ends tasks of a job, 50 at a time; nothing is kept of what was journalled. */
  private void startAndEnd(List<Assignment> batches) {
    for (Assignment batch : batches) {
      home.run(new BooksCommand.Place(List.of(batch)));
      List<Report.Guest> guests = new ArrayList<>();
      for (Run run : batch.tasks()) {
        for (int i = run.from(); i <= run.to(); i++) {
          int index = home.machine.books().job(batch.job()).indexOf(i);
          guests.add(
              Report.Guest.of(new ProcessId(HOME, batch.job(), index), 1, HomeBench.ended(0)));
        }
      }
      home.report(BETA, guests.toArray(Report.Guest[]::new));
      home.report(BETA);
      home.journal.clear();
    }
  }

  @Test
  void tenThousandTasksOfALargeArrayStartAndEndInATenthOfASecond() {
    long job = home.submit(Specs.job().array("1-" + MANY).spec());
    List<Assignment> batches = new ArrayList<>();
    for (int from = 0; from < MANY; from += 50) {
      batches.add(new Assignment(job, List.of(new Run(from, from + 49)), BETA));
    }
    startAndEnd(batches.subList(0, 600));
    long millis = cpuMillis(() -> startAndEnd(batches.subList(600, 800)));
    System.out.println("10,000 tasks of an array, started and ended: " + millis + " ms of CPU");
    assertThat(millis).isLessThan(1_500);
    assertThat(Json.bytes(home.machine.books().snapshot()).length)
        .as("alike tasks are kept as runs")
        .isLessThan(5_000);
  }

  @Test
  void aHundredThousandJobsWaitWithoutBeingScanned() {
    for (int i = 0; i < MANY; i++) {
      home.submit(Specs.job().user("u" + i % 10).spec());
    }
    home.journal.clear();
    Runnable work =
        () -> {
          for (int i = 0; i < 1_000; i++) {
            var head = home.machine.view().heads(10, Map.of(), home.now()).get(0);
            long job = head.id().number();
            startAndEnd(List.of(new Assignment(job, List.of(Run.of(0)), BETA)));
          }
        };
    work.run();
    long millis = cpuMillis(work);
    System.out.println("1,000 of 100,000 waiting jobs, one by one: " + millis + " ms of CPU");
    assertThat(millis).isLessThan(1_500);
  }
}
