package dev.mosey.tools.queue;

import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.output.Table;
import dev.mosey.tools.output.Units;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a job or process is like, for people.
 *
 * @param json as the node sent it
 */
public record Job(JsonValue json) {
  private static final int SIGNALLED = 128;

  /** Its id. */
  public String id() {
    return json.text("id", "-");
  }

  /** The state's word. */
  public String state() {
    return json.text("state", "unknown");
  }

  /** Its state; of an array in several states each with its number, as {@code running:4,held:6}. */
  public String states() {
    List<String> states = new ArrayList<>();
    for (Map.Entry<String, JsonValue> each : json.get("tasks").members().entrySet()) {
      if (!isEnd(each.getKey())) {
        states.add(each.getKey() + ":" + (long) each.getValue().asNumber());
      }
    }
    return states.size() < 2 ? state() : String.join(",", states);
  }

  /** Whether it will not change any more. */
  public boolean ended() {
    return isEnd(state());
  }

  /** Whether a state is one of those that do not change any more. */
  public static boolean isEnd(String state) {
    return switch (state) {
      case "done", "failed", "cancelled", "lost" -> true;
      default -> false;
    };
  }

  /** Whether it has a host. */
  public boolean onHost() {
    return switch (state()) {
      case "running", "starting", "moving" -> true;
      case "frozen" -> json.has("host");
      default -> count("running") + count("starting") + count("moving") > 0;
    };
  }

  /** Whether it has several tasks. */
  public boolean isArray() {
    return json.has("tasks");
  }

  /** How many tasks are in a state. */
  public long count(String state) {
    double count = json.get("tasks").number(state);
    return Double.isNaN(count) ? 0 : (long) count;
  }

  /** How many tasks it has. */
  public long tasks() {
    long all = 0;
    for (JsonValue each : json.get("tasks").members().values()) {
      all += (long) each.asNumber();
    }
    return isArray() ? all : 1;
  }

  /** As {@code 36/100}: ended of all. */
  public String tasksEnded() {
    if (!isArray()) {
      return "1";
    }
    return endedTasks() + "/" + tasks();
  }

  /** How many tasks have ended. */
  public long endedTasks() {
    long ended = 0;
    for (Map.Entry<String, JsonValue> each : json.get("tasks").members().entrySet()) {
      ended += isEnd(each.getKey()) ? (long) each.getValue().asNumber() : 0;
    }
    return ended;
  }

  /** The command on one line. */
  public String command() {
    List<String> words = json.texts("command");
    String line = String.join(" ", words);
    String main = json.text("class_name");
    return Table.printable(main == null ? line : (main + " " + line).strip());
  }

  /** Its name, or what it runs. */
  public String nameOrCommand() {
    String name = json.text("name");
    return name == null || name.isEmpty() ? command() : name;
  }

  /** Requested memory, as {@code 200M}. */
  public String memory() {
    double megabytes = json.get("resources").number("memory_mb");
    return Double.isNaN(megabytes) || megabytes == 0 ? "-" : Units.size(megabytes);
  }

  /** Seconds since it was placed, or that it ran. */
  public double ran(Instant now) {
    Instant ended = Units.instant(json.text("ended"));
    return Units.since(json.text("started"), ended == null ? now : ended);
  }

  /** What a shell would say of its end; -1 when the program did not end by itself. */
  public int status() {
    JsonValue exit = json.get("exit");
    if (exit.has("code")) {
      return (int) exit.number("code");
    }
    if (exit.has("signal") && !state().equals("cancelled")) {
      return SIGNALLED + (int) exit.number("signal");
    }
    return state().equals("done") ? 0 : -1;
  }

  /** As {@code exit 2}, {@code signal 9 (time limit)}; null when there is nothing to say. */
  public String exit() {
    JsonValue exit = json.get("exit");
    String how = null;
    if (exit.has("code")) {
      how = "exit " + exit.text("code");
    } else if (exit.has("signal")) {
      how = "signal " + exit.text("signal");
    }
    String why = exit.text("why");
    if (how == null || why == null) {
      return how == null ? why : how;
    }
    return how + " (" + why + ")";
  }
}
