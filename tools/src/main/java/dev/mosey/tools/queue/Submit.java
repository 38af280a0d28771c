package dev.mosey.tools.queue;

import static dev.mosey.tools.queue.SubmitOptions.*;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Answer;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Parsed;
import dev.mosey.tools.output.Mode;
import dev.mosey.tools.output.Units;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** {@code mosq submit}: from what was typed to a request, and what comes of it. */
final class Submit {
  private static final int KEY_BYTES = 16;
  private static final int KEY_MOST = 200;
  private static final int NAME_MOST = 200;
  private static final int PRIORITY_MOST = 1_000_000;

  private final Run run;
  private final Parsed in;
  private final Files files;

  private Submit(Run run) {
    this.run = run;
    this.in = run.in();
    this.files = new Files(run);
  }

  static int run(Run run) {
    return new Submit(run).submit();
  }

  private int submit() {
    checkCombination();
    JsonValue.Members body = body();
    boolean dry = in.has(DRY_RUN);
    Request request =
        Request.send("POST", dry ? "/jobs?dry_run=true" : "/jobs", body)
            .with("Idempotency-Key", key());
    Answer answer = run.client().submit(request);
    JsonValue result = answer.json();
    if (dry) {
      return printDry(result);
    }
    String id = result.text("id");
    boolean waits = in.has(WAIT) || in.has(FOLLOW);
    if (!waits) {
      print(result, id);
      return 0;
    }
    if (in.has(FOLLOW)) {
      run.note(id);
      sayNote(result);
      run.caller().err().flush();
      Logs.follow(run, id);
    } else {
      print(result, id);
      run.out().flush();
    }
    return Waiting.forOne(run, id);
  }

  private void print(JsonValue result, String id) {
    switch (run.mode()) {
      case JSON -> run.json(result);
      case QUIET, TABLE, WIDE -> run.out().println(id);
    }
    if (result.isTrue("repeated") && run.mode().forPeople()) {
      run.note(id + " had been taken before with this key");
    }
    sayNote(result);
  }

  private void sayNote(JsonValue result) {
    if (result.has("note") && run.mode() != Mode.JSON) {
      run.note(result.text("note"));
    }
  }

  private int printDry(JsonValue result) {
    switch (run.mode()) {
      case JSON -> run.json(result);
      case QUIET -> run.out().println(result.text("node", "-"));
      case TABLE, WIDE -> run.out().println(result.text("message", result.text("node", "-")));
    }
    return 0;
  }

  private void checkCombination() {
    if (in.has(JAR) != in.has(CLASS)) {
      throw Failure.usage(
          "--jar FILE and --class NAME belong together", "mosq submit --jar a.jar --class x.Y");
    }
    if (!in.has(JAR) && (in.operands().isEmpty() || in.operands().getFirst().isEmpty())) {
      throw Failure.usage("no command was given", "put it last: mosq submit -- gzip -9 file.tar");
    }
    if (in.has(Waiting.TIMEOUT) && !in.has(WAIT) && !in.has(FOLLOW)) {
      throw Failure.usage(
          "--timeout ends waiting, so it needs --wait or --follow",
          "--time-limit ends the program");
    }
    if (in.has(NAME)
        && (in.text(NAME).length() > NAME_MOST
            || in.text(NAME).chars().anyMatch(Character::isISOControl))) {
      throw Failure.usage(
          "--name must be one line of at most " + NAME_MOST + " printable characters", null);
    }
    if (in.has(JAR) && "checkpoint".equals(in.text(MOVE))) {
      throw Failure.usage("a java program moves live: --move checkpoint is for commands", null);
    }
  }

  private String key() {
    String given = in.text(KEY);
    if (given == null) {
      byte[] random = new byte[KEY_BYTES];
      new SecureRandom().nextBytes(random);
      return HexFormat.of().formatHex(random);
    }
    boolean plain = given.chars().allMatch(c -> c > ' ' && c <= '~');
    if (given.isEmpty() || given.length() > KEY_MOST || !plain) {
      throw Failure.usage(
          "--key must be 1 to " + KEY_MOST + " letters, digits and signs, without spaces", null);
    }
    return given;
  }

  private JsonValue.Members body() {
    if (!in.has(JAR)) {
      files.refuseWebAssembly(in.operands().getFirst());
    }
    JsonValue.Members body = new JsonValue.Members();
    body.put("command", in.operands()).put("kind", in.has(JAR) ? "java" : "command");
    body.put("name", in.text(NAME));
    body.put("priority", in.number(PRIORITY, 0, PRIORITY_MOST));
    body.put("resources", resources());
    body.put("array", array());
    body.put("entries", in.has(EACH_LINE) ? files.lines(in.text(EACH_LINE)) : null);
    body.put("env", new Export(run).variables());
    body.put("cwd", files.directory(in.text(CWD)).toString());
    body.put("stdout_file", absolute(STDOUT));
    body.put("stderr_file", absolute(STDERR));
    body.put("time_limit_seconds", seconds(TIME_LIMIT));
    body.put("grace_seconds", seconds(GRACE));
    body.put("lease_seconds", lease());
    body.put("checkpoint_seconds", seconds(CHECKPOINT));
    body.put("retries", in.number(RETRIES, 0, 1000));
    body.put("move", in.text(MOVE));
    body.put("node_loss", in.text(NODE_LOSS));
    body.put("lock", in.has(LOCK) ? true : null);
    body.put("on", nodes(ON));
    body.put("not", nodes(NOT));
    body.put("after", ids(AFTER));
    body.put("after_any", ids(AFTER_ANY));
    body.put("after_each", in.has(AFTER_EACH) ? Ids.one(run, in.text(AFTER_EACH)) : null);
    body.put("begin", in.has(BEGIN) ? Begin.parse(in.text(BEGIN), run.caller().zone()) : null);
    body.put("hold", in.has(HOLD) ? true : null);
    body.put("stdin", in.has(STDIN) ? files.upload(in.text(STDIN)) : null);
    body.put("jar", in.has(JAR) ? files.uploadJar(in.text(JAR)) : null);
    body.put("class_name", in.text(CLASS));
    return body;
  }

  private JsonValue.Members resources() {
    JsonValue.Members resources = new JsonValue.Members();
    if (in.has(CORES)) {
      double cores = Double.NaN;
      try {
        cores = Double.parseDouble(in.text(CORES));
      } catch (NumberFormatException notANumber) {
        // said below
      }
      if (!(cores > 0 && cores <= 1e6)) {
        throw Failure.usage("--cores must be a number above 0, was '" + in.text(CORES) + "'", null);
      }
      resources.put("cores", cores);
    }
    if (in.has(MEMORY)) {
      double memory = Units.megabytes("--memory", in.text(MEMORY));
      if (memory == 0) {
        throw Failure.usage("--memory must be more than 0", "leave it out: any node will do then");
      }
      resources.put("memory_mb", memory);
    }
    return resources.all().isEmpty() ? null : resources;
  }

  private String array() {
    String text = in.text(ARRAY);
    if (text == null) {
      return null;
    }
    try {
      return dev.mosey.protocol.job.ArraySpec.parse(text).toString();
    } catch (IllegalArgumentException malformed) {
      throw Failure.usage(malformed.getMessage(), null);
    }
  }

  private String absolute(Option option) {
    return in.has(option) ? run.caller().file(in.text(option)).toString() : null;
  }

  private Double seconds(Option option) {
    return in.has(option) ? Units.seconds(option.name(), in.text(option)) : null;
  }

  private Double lease() {
    Double lease = seconds(LEASE);
    if (lease != null && lease < 1) {
      throw Failure.usage("--lease must be 1s or more, was '" + in.text(LEASE) + "'", null);
    }
    return lease;
  }

  private List<String> nodes(Option option) {
    List<String> nodes = commas(option);
    return nodes.isEmpty() ? null : nodes;
  }

  private List<String> ids(Option option) {
    List<String> typed = commas(option);
    return typed.isEmpty() ? null : Ids.resolve(run, typed, false, null);
  }

  private List<String> commas(Option option) {
    List<String> words = new ArrayList<>();
    for (String value : in.all(option)) {
      for (String word : value.split(",")) {
        if (!word.isBlank()) {
          words.add(word.strip());
        }
      }
    }
    if (in.has(option) && words.isEmpty()) {
      throw Failure.usage(option.name() + " needs a value: " + option.label(), null);
    }
    return words;
  }
}
