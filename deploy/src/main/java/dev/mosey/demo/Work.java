package dev.mosey.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * The demo's input and what must come of it: files of the JDK, a counting script that can be
 * checkpointed, a board of queens.
 */
final class Work {
  /** Compresses one file at four levels and hashes what comes out. */
  static final String COMPRESS =
      "for level in 1 4 6 9; do gzip -n -$level -c \"$1\"; done | sha256sum";

  /** Size of the board, and the number of solutions, which is known. */
  static final int QUEENS = 16;

  static final String QUEENS_SOLUTIONS = "16 queens: 14772512 ways";

  private static final int COUNT_TO = 6_000_000;
  private static final long LARGE_BYTES = 4L << 20;

  /** Counts and mixes; asked by SIGTERM it saves where it is and exits with 85. */
  static final String COUNTING =
      """
      #!/bin/sh
      # Mixes the numbers up to %d. SIGTERM: saves where it is and exits with 85.
      i=0 mix=7
      [ ! -f "$MOSEY_CHECKPOINT_DIR/state" ] || read -r i mix <"$MOSEY_CHECKPOINT_DIR/state"
      trap 'stop=1' TERM
      stop=
      while [ "$i" -lt %d ]; do
        i=$((i + 1)) mix=$(((mix * 31 + i) %% 1000003))
        [ -z "$stop" ] || { echo "$i $mix" >"$MOSEY_CHECKPOINT_DIR/state"; exit 85; }
      done
      echo "$mix"
      """
          .formatted(COUNT_TO, COUNT_TO);

  private Work() {}

  /** What the counting script prints. */
  static String counted() {
    long mix = 7;
    for (long i = 1; i <= COUNT_TO; i++) {
      mix = (mix * 31 + i) % 1_000_003;
    }
    return Long.toString(mix);
  }

  /** Files of a JDK's lib folder: its source archive, and those of a middling size; sorted. */
  static List<Path> files(Path jdk) throws IOException {
    try (Stream<Path> files = Files.walk(jdk.resolve("lib"))) {
      return files.filter(Files::isRegularFile).filter(Work::worthwhile).sorted().toList();
    }
  }

  private static boolean worthwhile(Path file) {
    long bytes = file.toFile().length();
    return file.endsWith("src.zip") || (bytes > 20_000 && bytes < LARGE_BYTES);
  }

  /**
   * The same work done here, one file after the other: what each must print.
   *
   * @param far told before each file how many are done
   */
  static Map<Path, String> locally(List<Path> files, IntConsumer far)
      throws IOException, InterruptedException {
    Map<Path, String> hashes = new TreeMap<>();
    for (Path file : files) {
      far.accept(hashes.size());
      Process process = new ProcessBuilder("sh", "-c", COMPRESS, "sh", file.toString()).start();
      hashes.put(
          file,
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new DemoFailure("compressing " + file + " here failed");
      }
    }
    return hashes;
  }
}
