package dev.mosey.tools.node;

import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Operand;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;
import java.util.ArrayList;
import java.util.List;

/** {@code mosctl}: switches and status of nodes. */
public final class Mosctl {
  static final Option DEADLINE =
      Option.value("--deadline", "D", "How long what runs there may take to leave; 60s.");
  static final Option YES = Option.flag("-y, --yes", "Does not ask.");

  private static final Operand NODES =
      Operand.any(
          "NODE", Values.NODE, "Which; without it the node that is asked, and never another.");

  private Mosctl() {}

  /** Its model. */
  public static Command command() {
    return Command.named("mosctl", "Switches and status of nodes")
        .verbs(verbs())
        .examples("mosctl status", "mosctl drain gamma --deadline 5m", "mosctl noblock beta")
        .exits(
            "0:done",
            "1:refused, not found, or something is left there",
            "2:wrong usage",
            "3:no node could be reached");
  }

  private static List<Command> verbs() {
    List<Command> verbs = new ArrayList<>();
    verbs.add(
        Command.named("status", "How nodes are: state, load, memory, what runs and waits")
            .operands(Operand.any("NODE", Values.NODE, "Which; all by default."))
            .examples("mosctl status", "mosctl status beta -o wide")
            .does(NodeVerbs::status));
    verbs.add(verb("stay", "Its processes stay when the balancer would move them"));
    verbs.add(verb("nostay", "The balancer may move them again"));
    verbs.add(verb("block", "It takes no guests"));
    verbs.add(verb("noblock", "It takes guests again; homes that left it out place there again"));
    verbs.add(verb("expel", "Sends its guests away, and waits").options(DEADLINE));
    verbs.add(
        verb("drain", "Block, move or checkpoint what runs there, wait, name what is left")
            .options(DEADLINE)
            .examples("mosctl drain gamma", "mosctl drain gamma --deadline 10m"));
    verbs.add(verb("undrain", "It takes part again"));
    verbs.add(verb("shutdown", "Drains it and ends its daemon").options(DEADLINE));
    verbs.add(
        verb("restart", "Replaces its daemon; commands that run there run on")
            .examples("mosctl restart beta"));
    verbs.addAll(books());
    verbs.add(
        Command.named("forget", "Takes your word that a lost node is dead and stays so")
            .details(
                "What it ran begins again elsewhere at once, without waiting for the leases. Say it"
                    + " of a node that runs on, and its work may run twice.")
            .operands(Operand.some("NODE", Values.NODE, "Which."))
            .options(YES)
            .examples("mosctl forget gamma")
            .does(NodeVerbs::forget));
    verbs.add(
        Command.named("setspeed", "Sets how fast its cores are, relative to the standard core")
            .operands(Operand.one("SPEED", Values.ANY, "Like 1.5."), NODES)
            .examples("mosctl setspeed 1.5 beta")
            .does(NodeVerbs::setSpeed));
    verbs.addAll(questions());
    for (String name :
        List.of(
            "lstay",
            "nolstay",
            "bring",
            "isolate",
            "rejoin",
            "retire",
            "logmap",
            "nologmap",
            "gridguests",
            "opengrid",
            "closegrid",
            "cngpri",
            "localstatus",
            "rstatus")) {
      verbs.add(Command.later(name, "Of MOSIX"));
    }
    return verbs;
  }

  private static List<Command> books() {
    return List.of(
        Command.named("backup", "Copies its books, blobs and output while it runs")
            .details(
                "mosd --restore-from brings them back. The directory is one of that node's machine,"
                    + " and must not exist yet.")
            .operands(
                Operand.one("DIRECTORY", Values.DIRECTORY, "Where to."),
                Operand.maybe("NODE", Values.NODE, "Whose; this one's by default."))
            .examples("mosctl backup /backups/monday", "mosctl backup /backups/beta beta")
            .does(NodeVerbs::backup),
        Command.named("adopt", "Opens the books of a lost node whose disk is in this machine now")
            .details(
                "A daemon of the lost node's name is started beside the one that is asked. It keeps"
                    + " its queue and its history and runs nothing itself, and ends with that one."
                    + " Never say it of a copy while the original may run.")
            .operands(
                Operand.one("DIR", Values.DIRECTORY, "Its data directory, as it is reached there."),
                NODES)
            .examples("mosctl adopt /mnt/disk/mosey/alpha beta")
            .does(NodeVerbs::adopt));
  }

  private static List<Command> questions() {
    return List.of(
        Command.named("getload", "Its load: 1.0 is every core busy once")
            .operands(NODES)
            .examples("mosctl getload beta")
            .does(run -> NodeVerbs.figure(run, "load")),
        Command.named("getspeed", "Its speed, relative to the standard core")
            .operands(NODES)
            .examples("mosctl getspeed beta")
            .does(run -> NodeVerbs.figure(run, "speed")),
        Command.named("whois", "Name, address and HTTP interface of nodes")
            .operands(Operand.any("WHO", Values.NODE, "A name or an address; all by default."))
            .examples("mosctl whois", "mosctl whois 10.0.0.5")
            .does(NodeVerbs::whoIs));
  }

  private static Command verb(String name, String summary) {
    return Command.named(name, summary)
        .operands(NODES)
        .examples("mosctl " + name + " beta")
        .does(NodeVerbs::switched);
  }
}
