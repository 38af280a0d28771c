package dev.mosey.node.home;

import static dev.mosey.node.home.TestHome.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.job.ArraySpec;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeRestartTest {
  private static final int ENDED_ARRAYS = 80;
  private static final int ENDED_ARRAY_SIZE = 1_000;
  private static final int ENDED_SINGLES = 20_000;
  private static final int WAITING = 10_000;

  @TempDir Path directory;

  @Test
  void opensBooksOfAHundredThousandEndedAndTenThousandWaitingWithinTenSeconds() {
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();
      FakeHost beta = home.host("beta", 1, true);
      home.placeAt(beta.id());
      for (int i = 0; i < ENDED_ARRAYS; i++) {
        home.submit(spec(new ArraySpec(1, ENDED_ARRAY_SIZE, 1, 0), "true"));
      }
      submit(home, ENDED_SINGLES, "ended");
      Await.until(() -> home.read(HomeView::live) == 0);
      home.placeAt(null);
      submit(home, WAITING, "waiting");
    }
    long begin = System.nanoTime();
    long cpuBefore = cpuMillis();
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      long cpu = cpuMillis() - cpuBefore;
      System.out.printf("measured: opened in %d ms, CPU %d ms%n", took.toMillis(), cpu);

      assertThat(home.read(HomeView::waiting)).isEqualTo(WAITING);
      // On a busy machine the clock measures the others; the processor's time does not.
      assertThat(Math.min(took.toMillis(), cpu)).isLessThan(10_000);
      JobId last = new JobId(TestHome.ALPHA, ENDED_ARRAYS + ENDED_SINGLES + WAITING);
      assertThat(home.find(last)).isPresent();
      Await.until(() -> home.store.history().count() > 0);
    }
  }

  private static long cpuMillis() {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1_000_000;
  }

  private static void submit(TestHome home, int count, String key) {
    List<CompletionStage<BooksReply>> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      answers.add(home.asks(new BooksCommand.Submit(key + i, spec("true"), false)));
      if (answers.size() == 5_000) {
        answers.forEach(TestHome::join);
        answers.clear();
      }
    }
    answers.forEach(TestHome::join);
  }
}
