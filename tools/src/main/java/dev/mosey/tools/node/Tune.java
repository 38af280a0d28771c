package dev.mosey.tools.node;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Answer;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.output.Mode;
import dev.mosey.tools.output.Table;
import java.util.ArrayList;
import java.util.List;

/** {@code tune}: the thresholds that steer the balancer. */
public final class Tune {
  private static final Option SET =
      Option.value("--set", "NAME=VALUE", "Changes one for the whole cluster, for good.").many();

  private static final int UNPROCESSABLE = 422;

  private Tune() {}

  /** Its model. */
  public static Command command() {
    return Command.named("tune", "Show and set what steers the balancer")
        .alias("mostune")
        .details(
            "A change is in force on all nodes within seconds and survives restarts. -o wide shows"
                + " ranges and meanings.")
        .verbs(verbs())
        .options(SET)
        .examples("tune", "tune -o wide", "tune --set differential=0.3 --set residency=5s")
        .does(run -> run.in().has(SET) ? set(run) : show(run));
  }

  private static List<Command> verbs() {
    List<Command> verbs = new ArrayList<>();
    verbs.add(Command.named("show", "Shows them").examples("tune show -o wide").does(Tune::show));
    verbs.addAll(Links.verbs());
    return verbs;
  }

  /** The model of {@code prep_tune}. */
  public static Command prepare() {
    return Links.prepare();
  }

  /** The model of {@code tune_mosix}. */
  public static Command all() {
    return Links.all();
  }

  private static int set(Run run) {
    JsonValue.Members body = new JsonValue.Members();
    for (String pair : run.in().all(SET)) {
      int equals = pair.indexOf('=');
      if (equals < 1 || equals == pair.length() - 1) {
        throw Failure.usage("--set needs NAME=VALUE, was '" + pair + "'", "tune lists the names");
      }
      body.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
    Answer answer = run.client().ask(Request.send("PATCH", "/tunes", body));
    if (answer.status() == UNPROCESSABLE) {
      // The nodes know the names and ranges; a wrong one was typed all the same.
      throw Failure.usage(answer.failure().getMessage(), answer.failure().hint());
    }
    JsonValue page = answer.json();
    List<JsonValue> changed = new ArrayList<>();
    for (JsonValue tune : page.get("items").items()) {
      if (body.members().containsKey(tune.text("name"))) {
        changed.add(tune);
      }
    }
    print(run, page, changed);
    return 0;
  }

  private static int show(Run run) {
    JsonValue page = run.client().ask(Request.get("/tunes")).json();
    print(run, page, page.get("items").items());
    return 0;
  }

  private static void print(Run run, JsonValue page, List<JsonValue> tunes) {
    if (run.mode() == Mode.JSON) {
      run.json(page);
      return;
    }
    if (run.mode() == Mode.QUIET) {
      tunes.forEach(tune -> run.out().println(tune.text("name") + "=" + tune.text("value")));
      return;
    }
    boolean wide = run.mode() == Mode.WIDE;
    Table table = new Table().column("TUNE").column("VALUE").column("UNIT").column("DEFAULT");
    if (wide) {
      table.column("RANGE");
    }
    table.column("MEANING");
    for (JsonValue tune : tunes) {
      List<String> cells = new ArrayList<>();
      for (String field : List.of("name", "value", "unit", "default_value")) {
        cells.add(tune.text(field));
      }
      if (wide) {
        cells.add(tune.text("range"));
      }
      cells.add(tune.text("meaning"));
      table.row(cells);
    }
    run.table(table);
  }
}
