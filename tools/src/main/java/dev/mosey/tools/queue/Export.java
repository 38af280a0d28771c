package dev.mosey.tools.queue;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The environment that a program gets from its submitter. */
final class Export {
  /** A program's own; and the key, which is no program's business. */
  private static final Set<String> NEVER =
      Set.of(
          "MOSEY_TOKEN",
          "MOSEY_ID",
          "MOSEY_JOB",
          "MOSEY_TASK",
          "MOSEY_ENTRY",
          "MOSEY_HOME",
          "MOSEY_HOST",
          "MOSEY_INCARNATION",
          "MOSEY_CHECKPOINT_DIR",
          "_");

  private final Run run;

  Export(Run run) {
    this.run = run;
  }

  Map<String, String> variables() {
    Map<String, String> variables = new TreeMap<>();
    Map<String, String> mine = run.caller().environment();
    String what = run.in().has(SubmitOptions.EXPORT) ? run.in().text(SubmitOptions.EXPORT) : "all";
    switch (what) {
      case "all" -> {
        variables.putAll(mine);
        variables.keySet().removeAll(NEVER);
      }
      case "none" -> {}
      default -> {
        for (String name : what.split(",")) {
          if (!mine.containsKey(name)) {
            throw Failure.usage(
                "--export: there is no variable '" + name + "' in your environment",
                "--env " + name + "=VALUE sets one");
          }
          variables.put(name, mine.get(name));
        }
      }
    }
    for (String pair : run.in().all(SubmitOptions.ENV)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw Failure.usage("--env needs K=V, was '" + pair + "'", null);
      }
      variables.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return variables;
  }
}
