package dev.mosey.tools.queue;

import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;
import java.util.List;

/** What {@code mosq submit} can be told. */
public final class SubmitOptions {
  static final Option NAME = Option.value("-J, --name", "NAME", "Its name in lists.");
  static final Option PRIORITY =
      Option.value("-p, --priority", "N", "Lower runs sooner: 0 is urgent, 50 the default.");
  static final Option CORES = Option.value("-c, --cores", "N", "Cores for each task; 1.");
  static final Option MEMORY =
      Option.value("-m, --memory", "SIZE", "Memory for each task, like 2G.");
  static final Option ARRAY =
      Option.value(
          "-a, --array",
          "RANGE",
          "One task for each index of FIRST-LAST[:STEP][%MAX]; MAX run at a time, with %0 or"
              + " without it as many as there is room for.");
  static final Option EACH_LINE =
      Option.value(
              "--each-line",
              "FILE",
              "One task for each line of FILE (- is standard input); {} in the arguments becomes"
                  + " the line, which is also $MOSEY_ENTRY.")
          .of(Values.FILE);
  static final Option AFTER =
      Option.value("--after", "ID,..", "Only when these have ended well; else it is cancelled.")
          .many()
          .of(Values.ID);
  static final Option AFTER_ANY =
      Option.value("--after-any", "ID,..", "Only when these have ended, well or not.")
          .many()
          .of(Values.ID);
  static final Option AFTER_EACH =
      Option.value("--after-each", "ID", "Each task after the same task of that array.")
          .of(Values.ID);
  static final Option BEGIN =
      Option.value(
          "--begin",
          "TIME",
          "Not before: +D (a duration), HH:MM, YYYY-MM-DD[THH:MM[:SS]], or in UTC with Z.");
  static final Option TIME_LIMIT =
      Option.value("-t, --time-limit", "D", "Ended after this time: SIGTERM, then SIGKILL.");
  static final Option RETRIES =
      Option.value("--retries", "N", "Run again so often when it fails by itself.");
  static final Option ENV =
      Option.value("--env", "K=V", "Sets a variable of its environment.").many();
  static final Option EXPORT =
      Option.value(
          "--export", "WHAT", "Your environment: all (default), none, or NAME,.. of these only.");
  static final Option CWD =
      Option.value("--cwd", "DIR", "Its working directory; where you are by default.")
          .of(Values.DIRECTORY);
  static final Option STDIN =
      Option.value("--stdin", "FILE", "Its standard input, kept at submit (- is yours).")
          .of(Values.FILE);
  static final Option STDOUT =
      Option.value("--stdout", "FILE", "Its output is copied there at its home in the end.")
          .of(Values.FILE);
  static final Option STDERR =
      Option.value("--stderr", "FILE", "The same for its standard error.").of(Values.FILE);
  static final Option ON =
      Option.value("--on", "NODE,..", "Only on these nodes.").many().of(Values.NODE);
  static final Option NOT =
      Option.value("--not", "NODE,..", "Never on these nodes.").many().of(Values.NODE);
  static final Option MOVE =
      Option.value(
              "--move",
              "HOW",
              "auto (default: live for java, else never), never, restart, or checkpoint.")
          .of(Values.words("auto", "never", "restart", "checkpoint"));
  static final Option NODE_LOSS =
      Option.value("--node-loss", "WHAT", "When its host is lost: restart (default) or fail.")
          .of(Values.words("restart", "fail"));
  static final Option LEASE =
      Option.value(
          "--lease",
          "D",
          "How long a host may run it without hearing from its home; 10s for what resumes"
              + " cheaply, else 10m.");
  static final Option GRACE = Option.value("--grace", "D", "Between SIGTERM and SIGKILL; 30s.");
  static final Option CHECKPOINT =
      Option.value(
          "-A, --checkpoint-every",
          "D",
          "Checkpointed so often while it runs; a java program by default as often as it pays.");
  static final Option LOCK = Option.flag("--lock", "The balancer leaves it where it is.");
  static final Option KEY =
      Option.value(
          "--key", "KEY", "Taken only once with the same key; repeated, it prints the same id.");
  static final Option HOLD = Option.flag("--hold", "Waits until mosq release.");
  static final Option DRY_RUN =
      Option.flag("--dry-run", "Says where it would run, and submits nothing.");
  static final Option WAIT =
      Option.flag("--wait", "Waits until it has ended; exits with its status.");
  static final Option FOLLOW =
      Option.flag("--follow", "Like --wait, and shows its output; the id goes to stderr.");
  static final Option JAR =
      Option.value("--jar", "FILE", "A java program: its jar.").of(Values.FILE);
  static final Option CLASS = Option.value("--class", "NAME", "Its class in the jar.");

  private static final List<Option> LATER =
      List.of(
          Option.value("--in", "FILE", "Input files.").many().refusedUntilLater(),
          Option.value("--out", "GLOB", "Output files.").many().refusedUntilLater(),
          Option.value("--need", "NAME[=N]", "Resources.").many().refusedUntilLater(),
          Option.value("--where", "LABEL", "Labels.").many().refusedUntilLater(),
          Option.value("--script", "FILE", "A script.").refusedUntilLater(),
          Option.value("--notify", "CMD|URL", "Told at the end.").refusedUntilLater(),
          Option.value("--idle-limit", "D", "Ended when idle.").refusedUntilLater());

  private SubmitOptions() {}

  /** All of them, in the order of help. */
  static Option[] all() {
    List<Option> offered =
        List.of(
            NAME,
            PRIORITY,
            CORES,
            MEMORY,
            ARRAY,
            EACH_LINE,
            AFTER,
            AFTER_ANY,
            AFTER_EACH,
            BEGIN,
            TIME_LIMIT,
            RETRIES,
            ENV,
            EXPORT,
            CWD,
            STDIN,
            STDOUT,
            STDERR,
            ON,
            NOT,
            MOVE,
            NODE_LOSS,
            LEASE,
            GRACE,
            CHECKPOINT,
            LOCK,
            KEY,
            HOLD,
            DRY_RUN,
            WAIT,
            FOLLOW,
            Waiting.TIMEOUT,
            JAR,
            CLASS);
    Option[] all = new Option[offered.size() + LATER.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = i < offered.size() ? offered.get(i) : LATER.get(i - offered.size());
    }
    return all;
  }
}
