package dev.mosey.tools.queue;

import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Operand;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;
import java.util.List;

/** {@code mosq}: the queue. */
public final class Mosq {
  private static final String[] WAIT_EXITS = {
    "0-255:the program's; 128+N when signal N ended it; of several the highest",
    "124:--timeout has passed",
    "125:Mosey's own failure, wrong usage or no node",
    "126:the command is not executable",
    "127:no host has the command"
  };
  private static final Option[] LISTS = {
    ListVerbs.ELEMENTS,
    ListVerbs.ALL,
    ListVerbs.USER,
    ListVerbs.STATE,
    ListVerbs.HOME,
    ListVerbs.LIMIT
  };

  private Mosq() {}

  /** Its model. */
  public static Command command() {
    return Command.named("mosq", "Submit work to the cluster, look at the queue, steer it")
        .details(
            "Without a verb it shows yours at a glance: what runs, waits and failed, how far it"
                + " is, and how long it takes still.",
            "Ids are like alpha.17 (born at home alpha, its 17th), alpha.17-20, alpha.18.3 (element"
                + " 3 of an array), alpha.18.1-10, last (the newest here), all.")
        .verbs(
            List.of(
                submit(),
                list("list", "What waits").does(ListVerbs::waiting),
                list("listall", "What waits and what runs").does(ListVerbs::all),
                list("locallist", "What waits of this home").does(ListVerbs::waitingHere),
                list("locallistall", "What waits and runs of this home").does(ListVerbs::allHere),
                show(),
                history(),
                logs(),
                waiting(),
                ids("cancel", "Ends it, or takes it out of the queue")
                    .alias("delete")
                    .options(Steer.YES)
                    .examples(
                        "mosq cancel alpha.17", "mosq cancel alpha.18.1-10", "mosq cancel all")
                    .does(Steer::cancel),
                ids("hold", "Keeps it in the queue until released")
                    .options(Steer.YES)
                    .examples("mosq hold alpha.17-20")
                    .does(Steer::hold),
                ids("release", "Lets go what was held")
                    .options(Steer.YES)
                    .examples("mosq release all")
                    .does(Steer::release),
                ids("run", "Starts it now, whatever the load")
                    .examples("mosq run alpha.17")
                    .does(Steer::runNow),
                signal(),
                priority(),
                ids("advance", "Puts it first among those of its priority")
                    .options(Steer.YES)
                    .examples("mosq advance alpha.17")
                    .does(Steer::advance),
                ids("retard", "Puts it last among those of its priority")
                    .options(Steer.YES)
                    .examples("mosq retard alpha.17")
                    .does(Steer::retard),
                why(),
                ids("retry", "Runs it again, in place")
                    .options(Steer.FAILED, Steer.YES)
                    .examples("mosq retry alpha.17", "mosq retry alpha.18 --failed")
                    .does(Steer::retry)))
        .examples(
            "mosq submit -- gzip -9 big.tar",
            "mosq submit -a 1-100%8 -m 2G -- sh -c './simulate $MOSEY_TASK'",
            "mosq list",
            "mosq logs -f last",
            "mosq wait alpha.17 && echo well")
        .does(Glance::run);
  }

  private static Command submit() {
    return Command.named("submit", "Gives work to the cluster and prints its id")
        .details(
            "The command runs with your environment, in your directory, on whichever node will"
                + " finish it soonest, and only where that directory exists. Everything after the"
                + " first word that is no option belongs to the command.",
            "A program sees MOSEY_ID, MOSEY_JOB, MOSEY_TASK, MOSEY_ENTRY, MOSEY_HOME, MOSEY_HOST,"
                + " MOSEY_INCARNATION and MOSEY_CHECKPOINT_DIR.",
            "Durations are like 90, 90s, 5m, 2h, 1d; sizes like 200M, 2G.")
        .operands(
            Operand.maybe("COMMAND", Values.COMMAND, "What to run."),
            Operand.any("ARG", Values.FILE, "Its arguments, taken as they are."))
        .options(SubmitOptions.all())
        .takesCommandLine()
        .exits(
            "0:taken in; with --wait or --follow as mosq wait",
            "1:refused",
            "2:wrong usage",
            "3:no node could be reached")
        .examples(
            "mosq submit -- make -j4",
            "mosq submit -J sim -a 1-100 -- sh -c './sim --seed $MOSEY_TASK'",
            "find . -name '*.wav' | mosq submit --each-line - -- flac {}",
            "mosq submit --after last -- ./report",
            "mosq submit --jar work.jar --class org.example.Work -- 1000",
            "mosq submit --wait --timeout 10m -- ./test && echo well")
        .does(Submit::run);
  }

  private static Command list(String name, String summary) {
    return Command.named(name, summary)
        .details(
            "PID is the id, PRI is RUN while it runs. An array is one row; --elements opens it."
                + " With ids only these are listed, whatever their state.")
        .operands(Operand.any("ID", Values.ID, "Only these."))
        .options(LISTS)
        .examples(
            "mosq " + name,
            "mosq " + name + " --elements alpha.18",
            "mosq " + name + " -o json | jq -r '.items[].id'");
  }

  private static Command ids(String name, String summary) {
    return Command.named(name, summary)
        .operands(Operand.some("ID", Values.ID, "Jobs, ranges, elements, last or all."));
  }

  private static Command show() {
    return ids("show", "One job whole: state, home, host, lease, times, moves, exit")
        .examples("mosq show last", "mosq show alpha.17 -o json")
        .does(Show::show);
  }

  private static Command history() {
    return Command.named("history", "What has ended")
        .options(
            History.SINCE,
            History.UNTIL,
            ListVerbs.USER,
            ListVerbs.STATE,
            ListVerbs.LIMIT,
            History.SUM,
            History.EXPORT)
        .examples(
            "mosq history --since 1d --state failed",
            "mosq history --sum user,month",
            "mosq history --since 2030-01-01 --export > january.csv")
        .does(History::run);
  }

  private static Command logs() {
    return Command.named("logs", "Its output, complete and in order whatever it moved through")
        .operands(Operand.one("ID", Values.ID, "A job, an element, or last."))
        .options(Logs.FOLLOW, Logs.STDERR, Logs.TAIL, Logs.ATTEMPT, Logs.TO)
        .examples("mosq logs last", "mosq logs -f alpha.17", "mosq logs alpha.18 --to results")
        .does(Logs::run);
  }

  private static Command waiting() {
    return ids("wait", "Waits until all have ended")
        .options(Waiting.TIMEOUT)
        .exits(WAIT_EXITS)
        .examples("mosq wait last", "mosq wait alpha.17-20 --timeout 1h")
        .does(Waiting::run);
  }

  private static Command signal() {
    return Command.named("signal", "Sends a signal to what runs")
        .operands(
            Operand.one(
                "SIG", Values.words("TERM", "USR1", "USR2", "HUP", "INT"), "Its name or number."),
            Operand.some("ID", Values.ID, "To whom."))
        .options(Steer.YES)
        .examples("mosq signal USR1 alpha.17")
        .does(Steer::signal);
  }

  private static Command priority() {
    return Command.named("cngpri", "Changes the priority: lower runs sooner")
        .operands(
            Operand.one("PRI", Values.ANY, "The new priority, from 0."),
            Operand.some("ID", Values.ID, "Of which."))
        .options(Steer.YES)
        .examples("mosq cngpri 10 alpha.17")
        .does(Steer::changePriority);
  }

  private static Command why() {
    return Command.named("why", "Why it waits, where it could run, why it moved or stayed")
        .details("With the figures that decided. Without an id: why the queue stands.")
        .operands(
            Operand.maybe("ID", Values.ID, "A job or element."),
            Operand.maybe("NODE", Values.NODE, "Why not there."))
        .examples("mosq why", "mosq why alpha.17", "mosq why alpha.17 beta")
        .does(Show::why);
  }
}
