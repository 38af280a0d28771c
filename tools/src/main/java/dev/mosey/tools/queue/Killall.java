package dev.mosey.tools.queue;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Answer;
import dev.mosey.tools.client.Pages;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Operand;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;
import dev.mosey.tools.output.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code moskillall}: one signal for all of mine, and an end for what of them still waits. */
public final class Killall {
  private static final int TERM = 15;

  /** HUP, INT, QUIT, ABRT, KILL, TERM: who is sent one of these is not to begin any more. */
  private static final Set<Integer> ENDING = Set.of(1, 2, 3, 6, 9, TERM);

  private static final Option JOB =
      Option.value("-J, --job", "JOB", "Only the job of this id, or the jobs of this name.")
          .of(Values.ID);
  private static final Option CLASS =
      Option.value("-G, --class", "CLASS", "MOSIX's class: 0 and 1 are all, others are none.");

  private Killall() {}

  /** Its model. */
  public static Command command() {
    return Command.named("moskillall", "Send a signal to all of your processes, wherever they are")
        .details(
            "The signal goes to what runs. What still waits ends as by mosq cancel, at once and"
                + " before anything is sent, when the signal is one that ends programs (HUP, INT,"
                + " QUIT, ABRT, KILL, TERM); other signals leave it waiting.",
            "A process that a signal has ended begins again if it was submitted with --retries;"
                + " mosq cancel ends it for good.",
            "MOSIX's classes told processes that may go to other clusters from those that may not."
                + " Here all may go wherever the key is, so -G 0 and -G 1 change nothing and any"
                + " other class has no process.")
        .operands(
            Operand.maybe("SIGNAL", Values.ANY, "-9, -KILL, -SIGKILL: which one (default TERM)."))
        .options(JOB, CLASS, Steer.YES)
        .takesWithDash(Steer::isDashedSignal)
        .exits(
            "0:at least one process was there, and each was dealt with",
            "1:none was there, or one could not be dealt with",
            "2:wrong usage",
            "3:no node could be reached")
        .examples("moskillall", "moskillall -9 -J nightly", "moskillall -USR1 -y")
        .does(Killall::run);
  }

  private static int run(Run run) {
    List<String> typed = run.in().operands();
    if (!typed.isEmpty() && !typed.getFirst().startsWith("-")) {
      throw Failure.usage(
          "'" + typed.getFirst() + "' is too much",
          "a signal has a dash: moskillall -KILL; a job comes by -J: moskillall -J alpha.17");
    }
    int signal = typed.isEmpty() ? TERM : signal(typed.getFirst());
    Long clazz = run.in().number(CLASS, 0, Integer.MAX_VALUE);
    List<Job> jobs = clazz == null || clazz <= 1 ? jobs(run) : List.of();
    if (jobs.isEmpty()) {
      throw Failure.refused("nothing of yours is there that this could mean", "mosq listall");
    }
    String number = jobs.size() == 1 ? "1 job" : jobs.size() + " jobs";
    Steer.confirm(run, Steer.signalName(signal) + " to " + number + " of yours?");
    return new Sending(run, signal).to(jobs);
  }

  private static int signal(String word) {
    try {
      return Steer.signalNumber(word);
    } catch (Failure failure) {
      throw Failure.usage(failure.getMessage(), "like moskillall -9 or moskillall -KILL");
    }
  }

  private static List<Job> jobs(Run run) {
    JsonValue page = Pages.all(run.client(), "/jobs?scope=cluster", Long.MAX_VALUE);
    if (run.mode() != Mode.JSON) {
      run.notes(page);
    }
    String wanted = run.in().text(JOB);
    return page.get("items").items().stream()
        .map(Job::new)
        .filter(job -> wanted == null || is(job, wanted))
        .toList();
  }

  private static boolean is(Job job, String wanted) {
    return job.id().equals(wanted) || wanted.equals(job.json().text("name"));
  }

  /** One signal on its way. */
  private static final class Sending {
    private final Run run;
    private final int signal;
    private final List<JsonValue> answers = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();

    Sending(Run run, int signal) {
      this.run = run;
      this.signal = signal;
    }

    int to(List<Job> jobs) {
      // First all that waits: else what a signal ends makes room for what is to end too.
      List<Job> left = new ArrayList<>();
      for (Job job : jobs) {
        Job now = ENDING.contains(signal) ? cancelWaiting(job) : job;
        if (now != null) {
          left.add(now);
        }
      }
      left.forEach(this::signal);
      if (answers.isEmpty() && failures.isEmpty()) {
        throw Failure.refused("nothing of yours is running", "mosq listall");
      }
      Show.steered(run, answers, failures);
      return failures.isEmpty() ? 0 : Failure.REFUSED;
    }

    /** The job as it is then; null when there is nothing more to do about it. */
    private Job cancelWaiting(Job job) {
      JsonValue waiting = new JsonValue.Members().put("waiting_only", true);
      Answer answer = ask(job, "cancel", waiting);
      if (!answer.ok()) {
        if (!answer.failure().code().equals("ended")) {
          failures.add(answer.failure());
        }
        return null;
      }
      Job now = new Job(answer.json());
      if (!now.ended()) {
        return now;
      }
      say(job, answer.json(), "cancelled");
      return null;
    }

    private void signal(Job job) {
      Answer answer = ask(job, "signal", new JsonValue.Members().put("signal", signal));
      if (answer.ok()) {
        say(job, answer.json(), Steer.signalName(signal));
        return;
      }
      switch (answer.failure().code()) {
        case "ended" -> {}
        case "not_running" -> {
          // What ran a moment ago waits again, or has ended.
          boolean stays = ENDING.contains(signal) && cancelWaiting(job) != null;
          if (stays) {
            failures.add(answer.failure());
          }
        }
        default -> failures.add(answer.failure());
      }
    }

    private Answer ask(Job job, String verb, JsonValue body) {
      return run.client().ask(Request.send("POST", "/jobs/" + job.id() + "/" + verb, body));
    }

    private void say(Job job, JsonValue answer, String what) {
      answers.add(answer);
      switch (run.mode()) {
        case JSON -> {}
        case QUIET -> run.out().println(job.id());
        case TABLE, WIDE -> run.out().println(job.id() + " " + what);
      }
    }
  }
}
