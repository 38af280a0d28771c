package dev.mosey.node.gateway;

import dev.mosey.protocol.api.SubmitRequest;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.After;
import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Kind;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.NodeLoss;
import dev.mosey.protocol.job.Resources;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Turns what somebody submitted into a complete, checked specification, or says in one line what is
 * wrong with it. Pure: the time is an argument, and large parts have been stored as blobs before.
 *
 * @param leaseShort for what resumes cheaply
 * @param leaseLong for a command that would lose its work
 * @param graceDefault between SIGTERM and SIGKILL
 */
record SubmitRules(Duration leaseShort, Duration leaseLong, Duration graceDefault) {
  private static final int NAME_MAX = 200;
  private static final int PRIORITY_MAX = 1_000_000;
  private static final double SECONDS_MAX = 10.0 * 365 * 24 * 3600;

  /**
   * The specification.
   *
   * @param request what was sent
   * @param env the environment as stored, or null
   * @param entries the lines as stored, or null
   * @param user who asks, when the request does not say
   * @param now for {@code +SECONDS}
   * @throws ApiException 422 with the line for the user
   */
  JobSpec specify(SubmitRequest request, Blob env, Blob entries, String user, Instant now) {
    refuseNulls(request);
    refuseZeros(request);
    Kind kind = kind(request);
    List<String> command = request.command() == null ? List.of() : request.command();
    if (kind == Kind.COMMAND && (command.isEmpty() || command.getFirst().isEmpty())) {
      throw ApiException.refused(
          "no command was given",
          "give the program and its arguments, like: mosq submit -- sleep 10");
    }
    if (request.cwd() == null || !request.cwd().startsWith("/")) {
      throw ApiException.refused(
          "the working directory must be absolute, was " + request.cwd(), null);
    }
    List<NodeName> on = nodes(request.on());
    List<NodeName> not = nodes(request.not());
    if (!on.isEmpty() && not.containsAll(on)) {
      throw ApiException.refused(
          "it may run only where it must not run: no node is left",
          "leave one of the nodes of --on out of --not");
    }
    MoveMode move = move(request, kind);
    boolean cheap = move.moves();
    return new JobSpec(
        kind,
        name(request),
        request.user() == null || request.user().isBlank() ? user : request.user(),
        command,
        request.cwd(),
        resources(request.resources()),
        priority(request.priority()),
        array(request),
        entries,
        env,
        request.stdin(),
        absolute(request.stdoutFile(), "stdout_file"),
        absolute(request.stderrFile(), "stderr_file"),
        millis(request.timeLimitSeconds(), Duration.ZERO, "time_limit_seconds", 0),
        millis(request.graceSeconds(), graceDefault, "grace_seconds", 0),
        millis(request.leaseSeconds(), cheap ? leaseShort : leaseLong, "lease_seconds", 1),
        within(request.retries(), 0, 1000, "retries"),
        move,
        nodeLoss(request.nodeLoss()),
        Boolean.TRUE.equals(request.lock()),
        on,
        not,
        after(request),
        begin(request.begin(), now),
        request.jar(),
        request.className(),
        checkpoint(request.checkpointSeconds(), move));
  }

  private static long checkpoint(Double seconds, MoveMode move) {
    if (seconds != null && move != MoveMode.CHECKPOINT && move != MoveMode.LIVE) {
      throw ApiException.refused(
          "it can't be checkpointed: it moves by " + move.name().toLowerCase(Locale.ROOT),
          "a program that saves itself is submitted with --move checkpoint");
    }
    return millis(seconds, Duration.ZERO, "checkpoint_seconds", 1);
  }

  private static void refuseNulls(SubmitRequest request) {
    lists(request)
        .forEach(
            (name, list) -> {
              if (list != null && list.stream().anyMatch(Objects::isNull)) {
                throw ApiException.refused("'" + name + "' has a null among its texts", null);
              }
            });
  }

  private static Map<String, List<String>> lists(SubmitRequest request) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    lists.put("command", request.command());
    lists.put("entries", request.entries());
    lists.put("on", request.on());
    lists.put("not", request.not());
    lists.put("after", request.after());
    lists.put("after_any", request.afterAny());
    return lists;
  }

  /** No word, variable or path of a program can hold one: it would never start. */
  private static void refuseZeros(SubmitRequest request) {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("name", request.name());
    texts.put("user", request.user());
    texts.put("cwd", request.cwd());
    texts.put("stdout_file", request.stdoutFile());
    texts.put("stderr_file", request.stderrFile());
    texts.put("class_name", request.className());
    texts.forEach(SubmitRules::refuseZero);
    lists(request).forEach((name, list) -> orEmpty(list).forEach(text -> refuseZero(name, text)));
    Map<String, String> env = request.env() == null ? Map.of() : request.env();
    env.forEach(
        (name, value) -> {
          refuseZero("env", name);
          refuseZero("env", value);
        });
  }

  private static List<String> orEmpty(List<String> list) {
    return list == null ? List.of() : list;
  }

  private static void refuseZero(String name, String text) {
    if (text != null && text.indexOf('\0') >= 0) {
      throw ApiException.refused(
          "'" + name + "' holds a zero character", "no program can be given one: take it out");
    }
  }

  private static Kind kind(SubmitRequest request) {
    String word =
        request.kind() == null ? (request.jar() == null ? "command" : "java") : request.kind();
    Kind kind =
        switch (word) {
          case "command" -> Kind.COMMAND;
          case "java" -> Kind.JAVA;
          default ->
              throw ApiException.refused("'" + word + "' is not a kind", "use command or java");
        };
    if (kind == Kind.JAVA
        && (request.jar() == null
            || request.className() == null
            || request.className().isBlank())) {
      throw ApiException.refused(
          "a java program needs a jar and a class", "give --jar FILE --class NAME");
    }
    if (kind == Kind.COMMAND && (request.jar() != null || request.className() != null)) {
      throw ApiException.refused(
          "a jar or class was given with kind 'command'", "leave the kind out, or use java");
    }
    return kind;
  }

  private static MoveMode move(SubmitRequest request, Kind kind) {
    String word = request.move() == null ? "auto" : request.move().toLowerCase(Locale.ROOT);
    boolean java = kind == Kind.JAVA;
    return switch (word) {
      case "auto" -> java ? MoveMode.LIVE : MoveMode.NEVER;
      case "never" -> MoveMode.NEVER;
      case "restart" -> MoveMode.RESTART;
      case "checkpoint" -> {
        if (java) {
          throw ApiException.refused(
              "a java program moves live and needs no 'checkpoint'", "leave --move out");
        }
        yield MoveMode.CHECKPOINT;
      }
      case "live" -> {
        if (!java) {
          throw ApiException.refused(
              "a command can't move live", "use --move checkpoint or restart");
        }
        yield MoveMode.LIVE;
      }
      default ->
          throw ApiException.refused(
              "'" + request.move() + "' is not a way to move",
              "use auto, never, restart or checkpoint");
    };
  }

  private static NodeLoss nodeLoss(String word) {
    return switch (word == null ? "restart" : word) {
      case "restart" -> NodeLoss.RESTART;
      case "fail" -> NodeLoss.FAIL;
      default ->
          throw ApiException.refused(
              "'" + word + "' is not what can follow the loss of a node", "use restart or fail");
    };
  }

  private static String name(SubmitRequest request) {
    String name = request.name() == null ? "" : request.name();
    if (name.length() > NAME_MAX || name.chars().anyMatch(Character::isISOControl)) {
      throw ApiException.refused(
          "a name has at most " + NAME_MAX + " characters, none of them a control character", null);
    }
    return name;
  }

  private static Resources resources(Map<String, Double> wanted) {
    Map<String, Double> given = wanted == null ? Map.of() : wanted;
    given.forEach(
        (name, amount) -> {
          if (!name.matches("[a-z][a-z0-9_]{0,62}")) {
            throw ApiException.refused(
                "'" + name + "' is not the name of a resource", "use a-z, 0-9 and _, like gpu");
          }
          if (amount == null || !(amount >= 0 && amount <= 1e12)) {
            throw ApiException.refused(
                "resource '" + name + "' needs an amount of 0 or more, was " + amount, null);
          }
        });
    Map<String, Double> amounts = new TreeMap<>(given);
    amounts.putIfAbsent(Resources.CORES, 1.0);
    return Resources.of(amounts);
  }

  private static int priority(Integer priority) {
    return priority == null ? 50 : within(priority, 0, PRIORITY_MAX, "priority");
  }

  private static int within(Integer value, int min, int max, String name) {
    if (value == null) {
      return 0;
    }
    if (value < min || value > max) {
      throw ApiException.refused(
          name + " must be from " + min + " to " + max + ", was " + value, null);
    }
    return value;
  }

  private static ArraySpec array(SubmitRequest request) {
    int lines = request.entries() == null ? -1 : request.entries().size();
    if (lines == 0) {
      throw ApiException.refused("the file of lines is empty: there is nothing to run", null);
    }
    if (request.array() == null) {
      return lines < 0 ? null : new ArraySpec(1, lines, 1, 0);
    }
    try {
      ArraySpec array = ArraySpec.parse(request.array());
      if (lines >= 0 && array.size() != lines) {
        throw ApiException.refused(
            "the array has " + array.size() + " tasks, but there are " + lines + " lines", null);
      }
      return array;
    } catch (IllegalArgumentException e) {
      throw ApiException.refused(e.getMessage(), null);
    }
  }

  private static String absolute(String path, String name) {
    if (path != null && !path.startsWith("/")) {
      throw ApiException.refused(name + " must be an absolute path, was '" + path + "'", null);
    }
    return path;
  }

  private static long millis(Double seconds, Duration absent, String name, double min) {
    if (seconds == null) {
      return absent.toMillis();
    }
    if (!(seconds >= min && seconds <= SECONDS_MAX)) {
      throw ApiException.refused(
          name
              + " must be "
              + (long) min
              + " to "
              + (long) SECONDS_MAX
              + " seconds, was "
              + seconds,
          null);
    }
    return Math.round(seconds * 1000);
  }

  private static List<NodeName> nodes(List<String> names) {
    try {
      return names == null ? List.of() : names.stream().map(NodeName::of).toList();
    } catch (IllegalArgumentException e) {
      throw ApiException.refused(e.getMessage(), "mosctl status lists the nodes");
    }
  }

  private static List<After> after(SubmitRequest request) {
    List<After> after = new ArrayList<>();
    addAfter(after, After.Kind.OK, request.after());
    addAfter(after, After.Kind.ANY, request.afterAny());
    addAfter(
        after, After.Kind.EACH, request.afterEach() == null ? null : List.of(request.afterEach()));
    return after;
  }

  private static void addAfter(List<After> after, After.Kind kind, List<String> ids) {
    try {
      for (String id : ids == null ? List.<String>of() : ids) {
        after.add(new After(kind, JobId.parse(id)));
      }
    } catch (IllegalArgumentException e) {
      throw ApiException.refused(e.getMessage(), "a dependency is a whole job, like alpha.17");
    }
  }

  private static long begin(String text, Instant now) {
    if (text == null || text.isBlank()) {
      return 0;
    }
    try {
      return text.startsWith("+")
          ? now.toEpochMilli() + Math.round(Double.parseDouble(text.substring(1)) * 1000)
          : Instant.parse(text).toEpochMilli();
    } catch (DateTimeParseException | NumberFormatException e) {
      throw ApiException.refused(
          "'" + text + "' is not a time",
          "use ISO-8601 in UTC, like 2030-01-31T08:00:00Z, or +SECONDS");
    }
  }
}
