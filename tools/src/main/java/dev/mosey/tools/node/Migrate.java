package dev.mosey.tools.node;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Operand;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;
import dev.mosey.tools.queue.Ids;
import java.time.Duration;

/** {@code migrate}: moves a process by hand. */
public final class Migrate {
  private static final Option NO_WAIT =
      Option.flag("--no-wait", "Does not wait for what comes of it.");
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private Migrate() {}

  /** Its model. */
  public static Command command() {
    return Command.named("migrate", "Move, freeze or checkpoint a running process by hand")
        .alias("mosmigrate")
        .details(
            "Waits, and says what came of it and how long the process stood still.",
            "home brings it to its home, out sends it to the best other node.",
            "freeze packs it and lets it leave its host: it takes no slot and no memory until"
                + " continue, and then goes on from where it was, wherever there is room. What"
                + " can't be packed (--move never or restart) stands still where it is instead and"
                + " keeps both; its --time-limit goes on.",
            "checkpoint keeps what it has done at its home and lets it run on. chkstop and chkexit"
                + " are freeze for what can be checkpointed, and refuse all else: nothing of it"
                + " runs any more, and its checkpoint waits at its home for continue.")
        .operands(
            Operand.one("ID", Values.ID, "Which process."),
            Operand.one(
                "TARGET",
                Values.NODE,
                "A node, home, out, freeze, continue, checkpoint, chkstop or chkexit."))
        .options(NO_WAIT)
        .exits(
            "0:it did (with --no-wait: it was asked to)",
            "1:it did not, or was refused",
            "2:wrong usage",
            "3:no node could be reached")
        .examples(
            "migrate alpha.17 beta",
            "migrate alpha.18.3 home",
            "migrate last out",
            "migrate alpha.17 freeze",
            "migrate alpha.17 continue")
        .does(Migrate::run);
  }

  private static int run(Run run) {
    boolean waits = !run.in().has(NO_WAIT);
    String id = Ids.one(run, run.in().operand());
    JsonValue body =
        new JsonValue.Members().put("target", run.in().operands().get(1)).put("wait", waits);
    JsonValue result =
        run.client()
            .ask(Request.send("POST", "/processes/" + id + "/migrate", body).patient(PATIENCE))
            .json();
    boolean well = !waits || result.isTrue("moved");
    switch (run.mode()) {
      case JSON -> run.json(result);
      case QUIET -> run.out().println(id);
      case TABLE, WIDE -> {
        String message = result.text("message", id + (well ? " moved" : " did not move"));
        if (well) {
          run.out().println(message);
        } else {
          throw Failure.refused(message, "mosq why " + id + " says where it could go");
        }
      }
    }
    return well ? 0 : Failure.REFUSED;
  }
}
