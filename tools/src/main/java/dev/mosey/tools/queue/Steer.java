package dev.mosey.tools.queue;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Answer;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.output.Mode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The verbs that change jobs. */
final class Steer {
  static final Option YES = Option.flag("-y, --yes", "Does not ask before doing it to all.");
  static final Option FAILED = Option.flag("--failed", "Of an array, only what did not end well.");

  private static final String LIVE = "scope=cluster";
  private static final int SIGNAL_MOST = 64;
  private static final List<String> SIGNALS =
      List.of(
          "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV",
          "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU",
          "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

  private Steer() {}

  static int cancel(Run run) {
    return each(run, run.in().operands(), "cancel", null, true, LIVE);
  }

  static int hold(Run run) {
    return each(run, run.in().operands(), "hold", null, false, LIVE + "&state=waiting");
  }

  static int release(Run run) {
    return each(run, run.in().operands(), "release", null, false, LIVE + "&state=held");
  }

  static int runNow(Run run) {
    return each(run, run.in().operands(), "run", null, false, null);
  }

  static int advance(Run run) {
    return each(run, run.in().operands(), "advance", null, false, LIVE + "&state=waiting");
  }

  static int retard(Run run) {
    return each(run, run.in().operands(), "retard", null, false, LIVE + "&state=waiting");
  }

  static int retry(Run run) {
    JsonValue body = new JsonValue.Members().put("failed_only", run.in().has(FAILED));
    return each(
        run, run.in().operands(), "retry", body, true, LIVE + "&ended=true&state=failed,lost");
  }

  static int changePriority(Run run) {
    String typed = run.in().operand();
    long priority = -1;
    try {
      priority = Long.parseLong(typed);
    } catch (NumberFormatException notANumber) {
      // said below
    }
    if (priority < 0) {
      throw Failure.usage(
          "'" + typed + "' is not a priority", "it comes first: mosq cngpri 10 alpha.17");
    }
    JsonValue body = new JsonValue.Members().put("priority", priority);
    List<String> operands = run.in().operands();
    return each(run, operands.subList(1, operands.size()), "priority", body, false, LIVE);
  }

  static int signal(Run run) {
    JsonValue body = new JsonValue.Members().put("signal", signalNumber(run.in().operand()));
    List<String> operands = run.in().operands();
    return each(
        run, operands.subList(1, operands.size()), "signal", body, false, LIVE + "&state=running");
  }

  /** Its usual name, or its number where it has none. */
  static String signalName(int number) {
    return number < SIGNALS.size() ? SIGNALS.get(number) : Integer.toString(number);
  }

  /** Whether the word is a signal's name with a dash: {@code -KILL}, {@code -sigterm}. */
  static boolean isDashedSignal(String word) {
    return word.startsWith("-") && byName(word.substring(1)) > 0;
  }

  private static int byName(String word) {
    String name = word.toUpperCase(Locale.ROOT);
    return SIGNALS.indexOf(name.startsWith("SIG") ? name.substring(3) : name);
  }

  /** As {@code TERM}, {@code SIGTERM}, {@code 15}, {@code -15}. */
  static int signalNumber(String typed) {
    String word = typed.startsWith("-") ? typed.substring(1) : typed;
    if (byName(word) > 0) {
      return byName(word);
    }
    try {
      int number = Integer.parseInt(word);
      if (number >= 1 && number <= SIGNAL_MOST) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // said below
    }
    throw Failure.usage(
        "'" + typed + "' is not a signal", "it comes first: mosq signal USR1 alpha.17");
  }

  private static int each(
      Run run, List<String> typed, String verb, JsonValue body, boolean ranges, String all) {
    if (typed.contains("all")) {
      confirm(run, verb + " all of yours?");
    }
    List<JsonValue> answers = new ArrayList<>();
    List<Failure> failures = new ArrayList<>();
    List<String> ids = Ids.resolve(run, typed, ranges, all);
    for (String id : ids) {
      Answer answer = run.client().ask(Request.send("POST", "/jobs/" + id + "/" + verb, body));
      if (answer.ok()) {
        answers.add(answer.json());
        print(run, id, answer.json());
      } else {
        failures.add(answer.failure());
      }
    }
    if (run.mode() == Mode.JSON && ids.size() == 1) {
      if (!failures.isEmpty()) {
        throw failures.getFirst();
      }
      run.json(answers.getFirst());
      return 0;
    }
    Show.steered(run, answers, failures);
    return failures.isEmpty() ? 0 : Failure.REFUSED;
  }

  private static void print(Run run, String id, JsonValue answer) {
    switch (run.mode()) {
      case JSON -> {}
      case QUIET -> run.out().println(id);
      case TABLE, WIDE -> {
        String message = answer.text("message");
        String priority = answer.text("priority");
        String state = answer.text("state", "");
        boolean waits = state.equals("waiting") || state.equals("held");
        run.out()
            .println(
                message != null
                    ? (message.startsWith(id) ? message : id + ": " + message)
                    : id
                        + " "
                        + state
                        + (waits && priority != null ? ", priority " + priority : ""));
      }
    }
  }

  /** Asks, where somebody sits who can answer; nothing is done without a yes. */
  static void confirm(Run run, String question) {
    if (run.in().has(YES) || !run.caller().terminal().in()) {
      return;
    }
    run.caller().err().print(run.in().tool().name() + ": " + question + " [y/N] ");
    run.caller().err().flush();
    StringBuilder answer = new StringBuilder();
    try {
      for (int c = run.caller().in().read(); c >= 0 && c != '\n'; c = run.caller().in().read()) {
        answer.append((char) c);
      }
    } catch (IOException closed) {
      // No answer is a no.
    }
    String word = answer.toString().strip().toLowerCase(Locale.ROOT);
    if (!word.equals("y") && !word.equals("yes")) {
      throw Failure.refused("nothing was done", null);
    }
  }
}
