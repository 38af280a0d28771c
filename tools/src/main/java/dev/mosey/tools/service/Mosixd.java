package dev.mosey.tools.service;

import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Operand;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;
import java.util.List;

/** {@code mosixd}: the user's own nodes on this machine. */
public final class Mosixd {
  static final Option LOCAL =
      Option.value("--local", "N", "A cluster of N nodes on this machine: alpha, beta, gamma, ...");
  static final Option FRESH =
      Option.flag("--fresh", "Forgets what these nodes were: their data is deleted.");
  static final Option NAME = Option.value("--name", "NAME", "The node's name; the host's.");
  static final Option HOST =
      Option.value("--host", "ADDR", "The address by which other machines reach it; 127.0.0.1.");
  static final Option SEED =
      Option.value("--seed", "HOST:PORT", "A node of the cluster to join.").many();
  static final Option SLOTS = Option.value("--slots", "N", "How many processes at most.");
  static final Option PATIENCE =
      Option.value("--patience", "D", "How long to wait for it to be ready or gone; 60s.");

  private static final Operand NODES =
      Operand.any("NODE", Values.NODE, "Which of yours; all of them by default.");

  private Mosixd() {}

  /** Its model. */
  public static Command command() {
    return Command.named("mosixd", "Start, stop and look at your own nodes on this machine")
        .verbs(
            List.of(
                Command.named("start", "Starts what is not running, and waits until it is ready")
                    .details(
                        "What a node was started with is remembered: the next start resumes it,"
                            + " with the work that it had. Its log is"
                            + " ${XDG_STATE_HOME:-~/.local/state}/mosey/NAME.log.",
                        "Words after -- are given to mosd as they are; mosd --help lists them.")
                    .operands(Operand.any("OPTION", Values.ANY, "Given to mosd."))
                    .options(LOCAL, FRESH, NAME, HOST, SEED, SLOTS, PATIENCE)
                    .examples(
                        "mosixd start",
                        "mosixd start --local 3",
                        "mosixd start --host 10.0.0.5 -- --label fast")
                    .does(Service::start),
                Command.named("status", "Which of your nodes run")
                    .operands(NODES)
                    .exits(
                        "0:all that were started run",
                        "1:one does not, or there is none",
                        "2:wrong usage")
                    .examples("mosixd status")
                    .does(Service::status),
                Command.named("stop", "Stops them: what runs moves, checkpoints or ends first")
                    .operands(NODES)
                    .options(PATIENCE)
                    .examples("mosixd stop", "mosixd stop gamma")
                    .does(Service::stop),
                Command.named("restart", "Replaces their daemons; commands that run there run on")
                    .operands(NODES)
                    .options(PATIENCE)
                    .examples("mosixd restart beta")
                    .does(Service::restart)))
        .examples("mosixd start --local 3", "mosixd status", "mosixd stop");
  }
}
