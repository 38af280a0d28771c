package dev.mosey.tools.queue;

import dev.mosey.tools.Run;
import dev.mosey.tools.client.Absence;
import dev.mosey.tools.client.Answer;
import dev.mosey.tools.client.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;

/** Reads one stream of one process, complete and in order, whatever it moved through. */
final class Follow {
  /** No node gives more at once. */
  private static final long PART_BYTES = 32 * 1024;

  /** What was not shown to anybody yet. */
  interface Rewindable {
    /** Forgets its last bytes, as many as it has of them. */
    void back(long bytes);
  }

  private final Run run;
  private final String id;
  private final String stream;
  private final String attempt;
  private final OutputStream to;
  private long offset;
  private long seen = -1;
  private final Absence absence;
  private boolean follows;
  private boolean begun;
  private boolean truncated;
  private boolean ended;

  /**
   * A reader at the beginning of the stream.
   *
   * @param attempt an incarnation whose cut output is wanted, or null
   */
  Follow(Run run, String id, String stream, String attempt, OutputStream to) {
    this.run = run;
    this.id = id;
    this.stream = stream;
    this.attempt = attempt;
    this.to = to;
    this.absence = new Absence(run);
  }

  /** From now on it waits for a home that is away, instead of failing. */
  Follow patiently() {
    follows = true;
    return this;
  }

  /** Skips all but the last lines: looks for them backwards from the end. */
  void tail(long lines) {
    long end = ask("&offset=0&limit=1", 0).number("mosey-size", 0);
    long from = end;
    long found = 0;
    while (from > 0 && lines > 0) {
      long start = Math.max(0, from - PART_BYTES);
      byte[] part = ask("&offset=" + start + "&limit=" + (from - start), 0).body();
      int at = part.length;
      while (at > 0) {
        at--;
        // The newline that ends the last line begins no line.
        boolean begins = part[at] == '\n' && start + at < end - 1;
        found += begins ? 1 : 0;
        if (begins && found == lines) {
          offset = start + at + 1;
          return;
        }
      }
      from = start;
    }
    offset = lines == 0 ? end : 0;
  }

  /** Reads what there is now. */
  void read() {
    long before;
    do {
      before = offset;
      take(ask("&offset=" + offset, 0));
    } while (offset > before);
  }

  /** Waits for more, and reads it; false when the process has ended and all has been read. */
  boolean poll(int seconds) {
    Answer answer = ask("&offset=" + offset + "&wait=" + seconds, seconds);
    take(answer);
    return !(ended && answer.body().length == 0);
  }

  private Answer ask(String query, int seconds) {
    String path = "/jobs/" + id + "/output?stream=" + stream + query;
    // Without it a log that was cut back and has grown again looks like one that only grew.
    String known = seen < 0 ? "" : "&seen=" + seen;
    String which = attempt == null ? "" : "&attempt=" + attempt;
    Request request = Request.get(path + known + which);
    Answer answer;
    do {
      answer = run.client().ask(request.patient(Duration.ofSeconds(seconds)));
    } while (follows && absence.goesOn(answer, () -> {}));
    answer.orFail();
    seen = answer.number("mosey-incarnation", seen);
    return answer;
  }

  private void take(Answer answer) {
    long starts = answer.number("mosey-offset", offset);
    if (begun && starts < offset) {
      run.note(id + " was set back: what follows from byte " + starts + " on is written again");
      if (to instanceof Rewindable kept) {
        kept.back(offset - starts);
      }
    }
    try {
      to.write(answer.body());
      to.flush();
    } catch (IOException closed) {
      throw new UncheckedIOException(closed);
    }
    begun = true;
    offset = starts + answer.body().length;
    String state = answer.header("mosey-state");
    ended = state != null && Job.isEnd(state);
    if (!truncated && "true".equalsIgnoreCase(answer.header("mosey-truncated"))) {
      truncated = true;
      run.note(id + " wrote more than is kept: its " + stream + " is truncated");
    }
  }
}
