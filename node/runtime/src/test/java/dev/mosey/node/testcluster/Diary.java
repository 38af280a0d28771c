package dev.mosey.node.testcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What bodies do, written down by themselves, outside of all that Mosey keeps: the witness for "at
 * most one at a time". A counting body writes 1, 2, 3 ... to its output, and here when it starts,
 * commits a checkpoint, saves itself, and ends. While any process of it lives it holds a lock; one
 * that starts while another still has it notes {@code twice}. Only one that stands frozen, as the
 * source of a move by {@code restart} does until its target runs (its state is T, or D in the midst
 * of a vfork), or that is just being killed, may still have it for a moment.
 */
public final class Diary {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /**
   * Asked to end, it saves at the next safe point: never between a number and its output. A signal
   * to its group ends what it has just called as well, so what must not fail is repeated. After a
   * commit it is silent until its checkpoint was taken. Of one that has the lock it looks whether
   * it stands still, has SIGKILL pending, or is on its way out (PF_EXITING, 4, in the flags of its
   * stat).
   */
  private static final String COUNTING =
      """
      diary=$1 to=$2 pause=$3 every=$4 until=$5
      here=$diary/$MOSEY_ID saved=$MOSEY_CHECKPOINT_DIR i=0 asked=
      note() {
        now=; until [ -n "$now" ]; do now=$(date +%s%3N); done
        echo "$1 $MOSEY_INCARNATION $$ $MOSEY_HOST $now $i" >>"$here"
      }
      rest() {
        [ -z "$asked" ] || { echo "$i" >"$saved/i"; note saved; exit 85; }
        sleep "$1"
      }
      if [ -n "$saved" ]; then
        [ ! -f "$saved/i" ] || read -r i <"$saved/i"
        trap asked=1 TERM
      fi
      exec 9>"$here.lock"
      lock() { while :; do flock "$@"; set -- $? "$@"; [ "$1" -gt 1 ] || return "$1"; shift; done; }
      if ! lock -n 9; then
        holder=$(sed -n '/^started/h;${x;p;}' "$here" | cut -d' ' -f3)
        killed=$(sed -n 's/^S[hi][dg]Pnd:.*[13579bdf]..$/killed/p' "/proc/$holder/status")
        set -- $(sed 's/.*) //' "/proc/$holder/stat")
        [ $((${7:-0} & 4)) -eq 0 ] || killed=exiting
        case $1$killed in
          T | D | Z | X | '' | *killed | *exiting) lock -w 2 9 || note "twice$1" ;;
          *) note "twice$1" ;;
        esac
      fi
      note started
      while [ "$i" -lt "$to" ]; do
        i=$((i + 1)); echo "$i"
        if [ "$every" -gt 0 ] && [ $((i % every)) -eq 0 ]; then
          until [ -d "$saved/next" ]; do mkdir "$saved/next"; done
          echo "$i" >"$saved/next/i"
          while [ -d "$saved/next" ]; do mv "$saved/next" "$saved/commit"; done
          while [ -d "$saved/commit" ]; do rest 0.05; done
          note committed
        fi
        rest "$pause"
      done
      while [ -n "$until" ] && [ ! -e "$until" ]; do rest 0.05; done
      note ended
      """;

  private final Path directory;
  private final Path script;

  /** The diary of the bodies of a cluster. */
  public Diary(TestCluster cluster) {
    try {
      directory = Files.createTempDirectory(cluster.directory(), "diary");
      script = Files.writeString(directory.resolveSibling("counting.sh"), COUNTING);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /**
   * A line of it.
   *
   * @param what {@code started committed saved ended}, or {@code twice} and the other's state
   * @param incarnation of the process
   * @param pid of the body
   * @param host the node
   * @param millis wall clock
   * @param count how far it had counted
   */
  public record Line(String what, int incarnation, long pid, String host, long millis, int count) {
    private static Line parse(String text) {
      String[] words = text.split(" ");
      return new Line(
          words[0],
          Integer.parseInt(words[1]),
          Long.parseLong(words[2]),
          words[3],
          Long.parseLong(words[4]),
          Integer.parseInt(words[5]));
    }

    /** Whether its body still lives; one that nobody has waited for yet does not. */
    public boolean isAlive() {
      try {
        String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
        return "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) < 0;
      } catch (IOException gone) {
        return false;
      }
    }
  }

  /** A body that counts, with a pause in seconds after each number. */
  public Work counting(int to, double pause) {
    return counting(to, pause, 0, "");
  }

  /** The same; it commits a checkpoint after so many numbers each. */
  public Work committing(int to, double pause, int every) {
    return counting(to, pause, every, "").move("checkpoint");
  }

  /** The same; it does not end before {@link #release} of this word. */
  public Work counting(int to, double pause, String until) {
    return counting(to, pause, 0, directory.resolveSibling(until).toString());
  }

  private Work counting(int to, double pause, int every, String until) {
    return Work.command(
        "sh",
        script.toString(),
        directory.toString(),
        String.valueOf(to),
        String.valueOf(pause),
        String.valueOf(every),
        until);
  }

  /** Lets bodies end that wait for this word. */
  public void release(String word) {
    try {
      Files.createFile(directory.resolveSibling(word));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** What a counting body writes to its standard output, however often it was moved. */
  public static String numbers(int to) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= to; i++) {
      text.append(i).append('\n');
    }
    return text.toString();
  }

  /** All that a process wrote here. */
  public List<Line> of(String id) {
    Path file = directory.resolve(id);
    try {
      return Files.exists(file)
          ? Files.readString(file).lines().map(Line::parse).toList()
          : List.of();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** The lines of one kind. */
  public List<Line> of(String id, String what) {
    return of(id).stream().filter(line -> line.what().equals(what)).toList();
  }

  /** Waits for the line of a kind with this number, from 1; returns it. */
  public Line await(String id, String what, int number) {
    Await.until(
        PATIENCE,
        id + " has '" + what + "' " + number + " times in its diary",
        () -> of(id, what).size() >= number,
        () -> of(id).toString());
    return of(id, what).get(number - 1);
  }

  /** Waits until an incarnation that is newer than the given one has started; its first line. */
  public Line awaitAfter(String id, int incarnation) {
    Await.until(
        PATIENCE,
        id + " starts again after incarnation " + incarnation,
        () -> after(id, incarnation).findAny().isPresent(),
        () -> of(id).toString());
    return after(id, incarnation).findFirst().orElseThrow();
  }

  private Stream<Line> after(String id, int incarnation) {
    return of(id, "started").stream().filter(line -> line.incarnation() > incarnation);
  }

  /** Waits until the last that it did, after that moment of the wall clock, was to save itself. */
  public Line awaitSaved(String id, long sinceMillis) {
    Await.until(
        PATIENCE,
        id + " has saved itself",
        () -> {
          Line last = of(id).getLast();
          return last.what().equals("saved") && last.millis() >= sinceMillis;
        },
        () -> of(id).toString());
    return of(id).getLast();
  }

  /** Waits until the body that wrote this line is gone. */
  public void awaitGone(Line line) {
    Await.until(PATIENCE, "the body of " + line + " is gone", () -> !line.isAlive());
  }

  /** Every body that found another one of the same process alive. */
  public List<String> twice() {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".lock"))
          .filter(name -> of(name).stream().anyMatch(line -> line.what().startsWith("twice")))
          .map(name -> name + ": " + of(name))
          .toList();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
