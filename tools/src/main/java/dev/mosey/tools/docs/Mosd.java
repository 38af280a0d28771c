package dev.mosey.tools.docs;

import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;

/**
 * {@code mosd} as its manual page and completions need it. The daemon reads its command line
 * itself, for it shares nothing with the tools; a test of the distribution compares the two.
 */
final class Mosd {
  private Mosd() {}

  static Command command() {
    return Command.named("mosd", "One node of a Mosey cluster")
        .details(
            "Runs in the foreground; mosixd starts it in the background. Ready is one line on"
                + " standard output: mosd: alpha is up in a cluster of 3, http://127.0.0.1:7626.",
            "Every option is also a key of the configuration file and an environment variable"
                + " MOSD_....",
            "SIGTERM drains the node (60 s) and ends it with status 0; Ctrl-C is shorter.")
        .options(
            Option.value("--name", "NAME", "Stable name (the short host name)."),
            Option.value("--host", "ADDR", "Own address for the other nodes (127.0.0.1)."),
            Option.value("--port", "PORT", "Between nodes (17355); 0: any."),
            Option.value("--http-port", "PORT", "Of the HTTP interface (7626); 0: any."),
            Option.value("--seed", "HOST:PORT", "A node that may know the cluster.").many(),
            Option.value("--data", "DIR", "Data directory, on a local disk.").of(Values.DIRECTORY),
            Option.value("--key-dir", "DIR", "The cluster's key.").of(Values.DIRECTORY),
            Option.value("--slots", "N", "Processes at most (one for each core)."),
            Option.value("--speed", "X", "Of a core; 1 is the standard core (measured)."),
            Option.value("--resource", "NAME=N", "What else is here, like gpu=2.").many(),
            Option.value("--label", "L", "A word that jobs ask for.").many(),
            Option.value("--role", "ROLE", "home, host (both).")
                .many()
                .of(Values.words("home", "host")),
            Option.value("--config", "FILE", "Settings; also MOSD_CONFIG.").of(Values.FILE),
            Option.value(
                    "--restore-from", "DIR", "Brings the books back from this backup, then starts.")
                .of(Values.DIRECTORY),
            Option.value(
                    "--convert-store",
                    "KIND",
                    "Carries the books of a stopped node to this store, counts them, and ends.")
                .of(Values.words("embedded", "postgresql")))
        .exits("0:stopped in order", "1:refused", "2:wrong usage")
        .examples(
            "mosd",
            "mosd --name beta --port 0 --http-port 0 --seed 127.0.0.1:17355",
            "mosd --host 10.0.0.6 --seed 10.0.0.5:17355 --slots 8 --resource gpu=2");
  }
}
