package dev.mosey.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the jobs wrote down themselves, in one file outside of the cluster: each line is appended in
 * one write, so that the file's order is the order of what happened. The clock is the machine's.
 */
final class Witness {
  /**
   * A job that is seen; arguments: file, steps, seconds of a step. Its lock shows two at once: the
   * one before, which stands still since it was moved away from, is ended within a second. Asked to
   * leave where it can save, it does so between two steps; on a full disk it can't, and stays. Each
   * line of output says which incarnation has written it.
   */
  static final String SCRIPT =
      """
      log=$1; steps=$2; pause=$3
      say() {
        read -r clock rest </proc/uptime
        echo "$clock $1 $MOSEY_ID $MOSEY_INCARNATION $MOSEY_HOST $2" >>"$log"
      }
      saved() {
        { echo "$step" >"$MOSEY_CHECKPOINT_DIR/new"; } 2>/dev/null &&
          [ -s "$MOSEY_CHECKPOINT_DIR/new" ] &&
          mv "$MOSEY_CHECKPOINT_DIR/new" "$MOSEY_CHECKPOINT_DIR/step"
      }
      leave=
      [ -z "${MOSEY_CHECKPOINT_DIR:-}" ] || trap 'leave=1' TERM
      step=1
      [ ! -e "${MOSEY_CHECKPOINT_DIR:-}/step" ] || read -r step <"$MOSEY_CHECKPOINT_DIR/step"
      exec 9>"$log.$MOSEY_ID"
      flock -w 1 9 || [ -n "$leave" ] || say twice 0
      say start "$step"
      while [ "$step" -le "$steps" ]; do
        if [ -n "$leave" ] && saved; then
          say left "$step"
          exit 85
        fi
        sleep "$pause" 9>&-
        say step "$step"
        echo "$step of $steps by $MOSEY_INCARNATION"
        step=$((step + 1))
      done
      say end "$steps"
      """;

  private Witness() {}

  /** What kind of work it is. */
  enum Kind {
    /** Begins again wherever it comes. */
    RESTART,
    /** Saves itself. */
    CHECKPOINT,
    /** {@link WitnessProgram}. */
    JAVA,
    /** Runs once at most, and is lost with its host. */
    ONCE
  }

  /** What happened to an incarnation. */
  enum Word {
    START,
    STEP,
    /** It has saved and leaves. */
    LEFT,
    END,
    TWICE
  }

  /**
   * One line.
   *
   * @param seconds of the machine's clock
   * @param id process
   * @param step that is done, or from which it begins
   */
  record Line(double seconds, Word word, String id, int incarnation, String host, int step) {}

  /**
   * All that was written, in order.
   *
   * @throws IOException when it can't be read, or has a line that the script does not write
   */
  static List<Line> read(Path file) throws IOException {
    List<Line> lines = new ArrayList<>();
    if (!Files.exists(file)) {
      return lines;
    }
    for (String text : Files.readAllLines(file)) {
      String[] words = text.split(" ");
      try {
        Word word = Word.valueOf(words[1].toUpperCase(Locale.ROOT));
        lines.add(
            new Line(
                Double.parseDouble(words[0]),
                word,
                words[2],
                Integer.parseInt(words[3]),
                words[4],
                Integer.parseInt(words[5])));
      } catch (RuntimeException garbled) {
        throw new IOException(file + " has a line that no job writes: " + text, garbled);
      }
    }
    return lines;
  }
}
