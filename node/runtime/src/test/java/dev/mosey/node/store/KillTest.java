package dev.mosey.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kill -9 straight after an acknowledgement loses nothing: not in the books, not in the spool, the
 * output or the blobs. 200 times, or as often as 90 seconds allow on a busy machine: {@code
 * -Dmosey.kills=N} and {@code -Dmosey.kills.seconds=N} set that, {@code -Dmosey.seed=N} when each
 * comes.
 */
class KillTest {
  private static final int KILLS = Integer.getInteger("mosey.kills", 200);
  private static final int SECONDS_MAX = Integer.getInteger("mosey.kills.seconds", 90);
  private static final int KILLS_MIN = 20;
  private static final long SEED = Long.getLong("mosey.seed", 11);

  @TempDir Path directory;

  @Test
  void killedAtAnyTimeNothingAcknowledgedIsLost() throws Exception {
    var random = new Random(SEED);
    var acknowledged = new HashMap<String, Long>();
    long all = 0;
    int kill = 0;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    for (; kill <= KILLS && (kill <= KILLS_MIN || System.nanoTime() < end); kill++) {
      var child =
          ChildJvm.start(
              KillMain.class,
              directory.resolve("data").toString(),
              String.valueOf(acknowledged.getOrDefault("blob", 0L)));
      compare(child, acknowledged, kill);
      // These begin anew in every run.
      acknowledged.remove("output");
      acknowledged.remove("blob");
      all += killAfter(child, 1 + random.nextInt(kill % 20 == 0 ? 2000 : 120), acknowledged);
    }
    System.out.printf(
        "KillTest: %d of %d kills, %d acknowledgements, seed %d%n", kill - 1, KILLS, all, SEED);
    assertThat(all).isGreaterThan((kill - 1) * 20L);
  }

  private static void compare(ChildJvm child, Map<String, Long> acknowledged, int kill)
      throws Exception {
    var found = new HashMap<String, Long>();
    String line = child.readLine();
    for (; line != null && line.startsWith("have "); line = child.readLine()) {
      var parts = line.split(" ", -1);
      found.put(parts[1], Long.valueOf(parts[2]));
    }
    assertThat(line).as("after kill %d", kill).isEqualTo("ready");
    acknowledged.forEach(
        (kind, number) ->
            assertThat(found.get(kind))
                .as("%s after kill %d", kind, kill)
                .isGreaterThanOrEqualTo(number));
    // At most what was under way can be there beyond it: one event of each writer.
    for (int writer = 0; kill > 0 && writer < KillMain.WRITERS; writer++) {
      var kind = "event" + writer;
      assertThat(found.get(kind))
          .as("%s after kill %d", kind, kill)
          .isLessThanOrEqualTo(acknowledged.getOrDefault(kind, 0L) + 1);
    }
    // What was found once has to stay, also if the next kill comes before an acknowledgement.
    acknowledged.putAll(found);
  }

  /** Reads so many acknowledgements, kills at once, and reads what is left in the pipe. */
  private static long killAfter(ChildJvm child, int acknowledgements, Map<String, Long> numbers)
      throws Exception {
    long read = 0;
    for (String line = child.readLine(); line != null; line = child.readLine()) {
      assertThat(line).doesNotStartWith("wrong");
      int space = line.indexOf(' ');
      // The last line may have been cut by the kill; it was not complete then.
      if (line.matches("[a-z]+[0-9]? [0-9]+"))
        numbers.put(line.substring(0, space), Long.valueOf(line.substring(space + 1)));
      if (++read == acknowledgements) child.kill();
    }
    child.kill();
    return read;
  }
}
