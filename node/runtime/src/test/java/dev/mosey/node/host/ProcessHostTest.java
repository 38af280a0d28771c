package dev.mosey.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.MoveMode;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two hosts and a home, with the real keeper, over a post that may fail. */
class ProcessHostTest {
  private static final String SAVING =
      """
      cd "$MOSEY_CHECKPOINT_DIR"; i=0; [ -f at ] && i=$(cat at)
      trap 'echo $i > at; exit 85' TERM
      while [ $i -lt 100 ]; do i=$((i+1)); echo "line $i"; sleep 0.1; done; exit 4
      """;

  @TempDir Path directory;

  private static String lines(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(each -> "line " + each + "\n")
        .collect(Collectors.joining());
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3})
  void commandsEndWithAllTheirOutputWhateverThePostLoses(long seed) {
    try (var two = new TwoHosts(directory, seed, 0.2, HostSettings.defaults())) {
      List<FakeHome.Kept> all = new ArrayList<>();
      for (int job = 1; job <= 8; job++) {
        var spec = Specs.shell(MoveMode.NEVER, "seq 1 20000; exit " + job);
        var host = job % 2 == 0 ? TwoHosts.BETA : TwoHosts.GAMMA;
        all.add(two.home.place(ProcessId.parse("alpha." + job), spec, null, host));
      }
      two.await("all ended", () -> all.stream().allMatch(two.home::over));
      String expected =
          IntStream.rangeClosed(1, 20_000).mapToObj(n -> n + "\n").collect(Collectors.joining());
      for (int job = 1; job <= 8; job++) {
        assertThat(all.get(job - 1).exit).isEqualTo(Exit.code(job));
        assertThat(two.home.log(all.get(job - 1), 1)).as("seed %d", seed).isEqualTo(expected);
      }
      assertThat(two.home.wrong).isEmpty();
    }
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {4, 5})
  void aSavingCommandMovesToAndFroAndSaysEveryLineOnce(long seed) {
    List<String> failed = new ArrayList<>();
    try (var two = new TwoHosts(directory, seed, 0.05, HostSettings.defaults())) {
      var spec = Specs.shell(MoveMode.CHECKPOINT, SAVING);
      var kept = two.home.place(ProcessId.parse("alpha.1"), spec, null, TwoHosts.BETA);
      while (!two.home.over(kept)) {
        two.await("it runs", () -> two.home.over(kept) || two.home.runs(kept));
        int before = two.home.log(kept, 1).length();
        two.await(
            "it goes on", () -> two.home.over(kept) || two.home.log(kept, 1).length() > before);
        if (!two.home.over(kept)) failed.add(two.move(kept.id, two.home.hostOf(kept)));
      }
      assertThat(two.home.log(kept, 1)).as("seed %d", seed).isEqualTo(lines(100));
      assertThat(kept.exit).isEqualTo(Exit.code(4));
      assertThat(two.home.wrong).isEmpty();
      assertThat(two.home.moves(kept)).as("seed %d: %s", seed, failed).isGreaterThan(1);
    }
  }

  @Test
  void aSavingCommandIsAskedAsOftenAsWantedAndSaysEveryLineOnce() {
    try (var two = new TwoHosts(directory, 8, 0, HostSettings.defaults())) {
      var spec = Specs.saving(1_000, SAVING);
      var kept = two.home.place(ProcessId.parse("alpha.1"), spec, null, TwoHosts.BETA);
      two.await("it ends", () -> two.home.over(kept));
      assertThat(two.home.log(kept, 1)).isEqualTo(lines(100));
      assertThat(kept.exit).isEqualTo(Exit.code(4));
      assertThat(kept.checkpoints.size()).isGreaterThan(2);
      assertThat(two.home.moves(kept)).isZero();
    }
  }

  @Test
  void aRestartingCommandBeginsAgainElsewhere() {
    try (var two = new TwoHosts(directory, 6, 0, HostSettings.defaults())) {
      var spec =
          Specs.shell(
              MoveMode.RESTART, "echo begun on $MOSEY_HOST; [ $MOSEY_HOST = gamma ] || sleep 60");
      var kept = two.home.place(ProcessId.parse("alpha.1"), spec, null, TwoHosts.BETA);
      two.await("it speaks", () -> two.home.log(kept, 1).contains("beta"));
      two.await("it runs", () -> two.home.runs(kept));
      assertThat(two.move(kept.id, TwoHosts.BETA)).isNull();
      two.await("it ends", () -> two.home.over(kept));
      assertThat(two.home.log(kept, 1)).isEqualTo("begun on gamma\n");
      assertThat(kept.exit).isEqualTo(Exit.code(0));
    }
  }

  /** Inside the daemon thirty moves take a moment; each with a JVM of its own takes its start. */
  @ParameterizedTest(name = "trusted={0}, moves={1}")
  @CsvSource({"true, 30", "false, 5"})
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void aJavaProgramThatMovesIsTheSameAsUnmoved(boolean trusted, int moves) throws Exception {
    byte[] bytes = Programs.jar();
    String sha = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    String config = "mosd.processes.java.trusted = [" + (trusted ? "\"" + sha + "\"" : "") + "]";
    var settings = HostSettings.from(ConfigFactory.parseString(config));
    try (var two = new TwoHosts(directory, 7, 0, settings)) {
      Blob jar = two.blobs.get(two.home.books.home()).put(bytes);
      var spec = Specs.java(jar, Programs.Walk.class, "3000");
      var still = two.home.place(ProcessId.parse("alpha.1"), spec, null, TwoHosts.GAMMA);
      var kept = two.home.place(ProcessId.parse("alpha.2"), spec, null, TwoHosts.BETA);
      while (two.home.moves(kept) < moves && !two.home.over(kept)) {
        two.await("it runs", () -> two.home.over(kept) || two.home.runs(kept));
        if (!two.home.over(kept)) two.move(kept.id, two.home.hostOf(kept));
      }
      assertThat(two.home.moves(kept)).isEqualTo(moves);
      two.await("both end", () -> two.home.over(kept) && two.home.over(still));
      assertThat(kept.exit).isEqualTo(Exit.code(3));
      assertThat(two.home.log(kept, 1)).isEqualTo(two.home.log(still, 1)).contains("ends at");
      assertThat(two.home.wrong).isEmpty();
      System.out.println("pauses in ms: " + two.home.pausesMillis.stream().sorted().toList());
    }
  }
}
