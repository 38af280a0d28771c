package dev.mosey.tools.queue;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Absence;
import dev.mosey.tools.client.Answer;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.output.Mode;
import dev.mosey.tools.output.Table;
import dev.mosey.tools.output.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code mosq wait}: until they have ended; exits with the highest status of the programs. */
final class Waiting {
  static final Option TIMEOUT =
      Option.value("--timeout", "D", "Give up after this time, with status 124.");

  private static final long POLL_SECONDS = 30;
  private static final long POLL_ON_TERMINAL_SECONDS = 1;
  private static final int CLEAR_COLUMNS = 79;

  private final Run run;
  private final long deadline;
  private final Absence absence;
  private boolean progressShown;

  private Waiting(Run run) {
    this.run = run;
    this.absence = new Absence(run);
    String timeout = run.in().text(TIMEOUT);
    this.deadline =
        timeout == null
            ? Long.MAX_VALUE
            : System.nanoTime() + (long) (Units.seconds("--timeout", timeout) * 1e9);
  }

  static int run(Run run) {
    Waiting waiting = new Waiting(run);
    List<String> ids = Ids.resolve(run, run.in().operands(), false, "scope=cluster");
    List<JsonValue> ended = new ArrayList<>();
    int highest = 0;
    for (String id : ids) {
      Job job = waiting.until(id);
      ended.add(job.json());
      highest = Math.max(highest, waiting.status(job));
      if (run.mode().forPeople()) {
        run.out().println(line(job));
      }
      sayNote(run, job);
    }
    switch (run.mode()) {
      case JSON ->
          run.json(
              ended.size() == 1 ? ended.getFirst() : new JsonValue.Members().put("items", ended));
      case QUIET -> ids.forEach(run.out()::println);
      case TABLE, WIDE -> {}
    }
    return highest;
  }

  /** Waits for one that was just submitted; says on standard error how it ended if not well. */
  static int forOne(Run run, String id) {
    Waiting waiting = new Waiting(run);
    Job job = waiting.until(id);
    int status = waiting.status(job);
    if (status != 0) {
      run.note(line(job));
    }
    sayNote(run, job);
    return status;
  }

  private static void sayNote(Run run, Job job) {
    String note = job.json().text("note");
    if (note != null && run.mode() != Mode.JSON) {
      run.note(job.id() + ": " + Table.printable(note));
    }
  }

  static String line(Job job) {
    String exit = job.exit();
    String line = job.id() + " " + job.state();
    if (job.isArray()) {
      long failed = job.count("failed") + job.count("lost") + job.count("cancelled");
      return line + (failed == 0 ? "" : ": " + failed + " of " + job.tasks() + " tasks not well");
    }
    if (job.state().equals("done")) {
      return line;
    }
    String reason = exit == null ? job.json().text("reason") : exit;
    return reason == null ? line : line + ": " + reason;
  }

  private Job until(String id) {
    while (true) {
      long left = deadline == Long.MAX_VALUE ? Long.MAX_VALUE : deadline - System.nanoTime();
      long most = run.caller().terminal().err() ? POLL_ON_TERMINAL_SECONDS : POLL_SECONDS;
      // Rounded up: asking for 0 s again and again until the deadline would be a busy loop.
      long seconds = Math.clamp(left / 1_000_000_000L + 1, 0, most);
      if (left <= 0) {
        clearProgress();
        throw new Failure(Failure.TIMEOUT, "timeout", id + " has not ended in time", null);
      }
      Answer answer =
          run.client()
              .ask(
                  Request.get("/jobs/" + id + "/wait?timeout=" + seconds)
                      .patient(Duration.ofSeconds(seconds)));
      if (absence.goesOn(answer, this::clearProgress)) {
        continue;
      }
      Job job = new Job(answer.json());
      if (job.ended()) {
        clearProgress();
        return job;
      }
      progress(job);
    }
  }

  private void progress(Job job) {
    if (!run.caller().terminal().err()) {
      return;
    }
    StringBuilder line = new StringBuilder(job.id()).append(' ').append(job.state());
    if (job.isArray()) {
      line.append(": ").append(job.endedTasks()).append(" of ").append(job.tasks());
      line.append(" ended, ").append(job.count("running")).append(" running");
      if (job.count("failed") > 0) {
        line.append(", ").append(job.count("failed")).append(" failed");
      }
    } else if (job.json().text("progress") != null) {
      line.append(": ").append(job.json().text("progress"));
    }
    String text = line.substring(0, Math.min(line.length(), run.caller().columns() - 1));
    run.caller().err().print("\r" + text + " ".repeat(Math.max(0, CLEAR_COLUMNS - text.length())));
    run.caller().err().flush();
    progressShown = true;
  }

  private void clearProgress() {
    if (progressShown) {
      run.caller().err().print("\r" + " ".repeat(CLEAR_COLUMNS) + "\r");
      run.caller().err().flush();
      progressShown = false;
    }
  }

  /** The program's status; of an array the highest of its elements. */
  private int status(Job job) {
    if (!job.isArray()) {
      return job.status() < 0 ? Failure.OWN : job.status();
    }
    if (job.state().equals("done")) {
      return 0;
    }
    JsonValue page = Elements.named(run, Elements.ids(job.json()));
    int highest = 0;
    for (JsonValue element : page.get("items").items()) {
      int status = new Job(element).status();
      highest = Math.max(highest, status < 0 ? Failure.OWN : status);
    }
    return highest == 0 ? Failure.OWN : highest;
  }
}
