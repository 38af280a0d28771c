package dev.mosey.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.chaos.Judge.Wanted;
import dev.mosey.chaos.Witness.Kind;
import dev.mosey.chaos.Witness.Line;
import dev.mosey.chaos.Witness.Word;
import dev.mosey.demo.DemoFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Submits work without end, and remembers what was acknowledged. A request whose outcome is unknown
 * is repeated with the same key at the same node, as {@code mosq} does: another node would be
 * another home, with books of its own.
 */
final class Crowd implements Runnable {
  private static final long REPEAT_MILLIS = 200;
  private static final int REPEATED = 20;
  private static final double CANCELLED_SHARE = 0.06;

  /** One that runs once and has said nothing for so long may be lost. */
  private static final double LOST_SECONDS = 30;

  private final Doors doors;
  private final Place place;
  private final Supplier<Set<String>> killed;
  private final Random random;
  private final double leaseSeconds;
  private final int waitingMost;
  private final Map<String, Wanted> wanted = new ConcurrentHashMap<>();
  private final Map<Daemon, JsonNode> jars = new HashMap<>();
  private final Map<String, Request> requests = new ConcurrentHashMap<>();
  private final List<String> twice = new ArrayList<>();
  private volatile boolean closing;
  private int submitted;

  /** What was sent where, and the id that came back. */
  private record Request(Daemon node, Kind kind, int steps, String id) {}

  /**
   * A crowd.
   *
   * @param doors to the cluster
   * @param place where its jobs write, and what they are
   * @param killed ids of those that somebody has killed
   * @param options what the run is asked for
   */
  Crowd(Doors doors, Place place, Supplier<Set<String>> killed, Options options) {
    this.doors = doors;
    this.place = place;
    this.killed = killed;
    this.random = new Random(options.seed() + 11);
    this.leaseSeconds = options.leaseSeconds();
    this.waitingMost = options.work();
  }

  /**
   * Where the work is.
   *
   * @param log that it writes
   * @param script what a command runs
   * @param jar with the program
   */
  record Place(Path log, Path script, Path jar) {}

  /** No more is submitted after this; {@link #run} returns soon. */
  void close() {
    closing = true;
  }

  /** What was acknowledged. */
  List<Wanted> wanted() {
    return List.copyOf(wanted.values());
  }

  /** Keys for which two jobs were made. */
  List<String> twice() {
    return List.copyOf(twice);
  }

  @Override
  public void run() {
    while (!closing) {
      int room = waitingMost - unfinished();
      for (int i = 0; i < room && !closing; i++) {
        submit();
      }
      Chaos.pause(REPEAT_MILLIS);
    }
    repeatSome();
  }

  /** Jobs that have not ended, and of which an end can be expected. */
  private int unfinished() {
    Map<String, Line> last = new HashMap<>();
    try {
      Witness.read(place.log).forEach(line -> last.put(line.id(), line));
    } catch (IOException e) {
      throw new DemoFailure(e.getMessage());
    }
    Set<String> gone = killed.get();
    double now = clock();
    return (int)
        wanted.values().stream()
            .filter(each -> each.tries() == 0 && !gone.contains(each.id()))
            .filter(each -> !isOver(each, last.get(each.id()), now))
            .count();
  }

  private boolean isOver(Wanted each, Line last, double now) {
    return last != null
        && (last.word() == Word.END
            || each.kind() == Kind.ONCE && now - last.seconds() > LOST_SECONDS);
  }

  private Map<String, Object> request(Daemon node, Kind kind, int steps) {
    List<String> arguments = List.of(place.log.toString(), Integer.toString(steps), "0.1");
    Map<String, Object> request = new HashMap<>();
    request.put("cwd", "/");
    request.put("name", "witness-" + kind.name().toLowerCase(Locale.ROOT) + "-" + steps);
    request.put("lease_seconds", leaseSeconds);
    if (kind == Kind.JAVA) {
      request.put("jar", jarAt(node));
      request.put("class_name", WitnessProgram.class.getName());
      request.put("command", arguments);
      return request;
    }
    List<String> command = new ArrayList<>(List.of("sh", place.script.toString()));
    command.addAll(arguments);
    request.put("command", command);
    switch (kind) {
      case CHECKPOINT -> {
        request.put("move", "checkpoint");
        if (steps % 2 == 0) {
          request.put("checkpoint_seconds", 1);
        }
      }
      case RESTART -> request.put("move", "restart");
      case ONCE -> {
        request.put("move", "never");
        request.put("node_loss", "fail");
      }
      case JAVA -> throw new IllegalStateException("has no command");
    }
    return request;
  }

  /** The program as that node knows it, which has got it now if it had not; null if it can't. */
  private JsonNode jarAt(Daemon node) {
    return jars.computeIfAbsent(
        node,
        missing ->
            doors
                .put(node, "blobs", place.jar)
                .filter(answer -> answer.status() == 200 || answer.status() == 201)
                .map(Doors.Answer::body)
                .orElse(null));
  }

  private Kind anyKind() {
    double share = random.nextDouble();
    if (share < 0.2) {
      return Kind.JAVA;
    }
    return share < 0.3 ? Kind.ONCE : share < 0.65 ? Kind.CHECKPOINT : Kind.RESTART;
  }

  private void submit() {
    int steps = random.nextInt(10) < 6 ? 1 + random.nextInt(4) : 10 + random.nextInt(40);
    String key = "chaos-" + ++submitted;
    Daemon node = doors.any();
    Kind kind = anyKind();
    if (kind == Kind.JAVA && jarAt(node) == null) {
      return;
    }
    Optional<String> id = submit(node, key, kind, steps);
    if (id.isEmpty()) {
      return;
    }
    wanted.put(id.get(), new Wanted(id.get(), kind, steps, Double.NaN, 0));
    requests.put(key, new Request(node, kind, steps, id.get()));
    if (random.nextDouble() < CANCELLED_SHARE) {
      cancel(wanted.get(id.get()));
    }
  }

  /** The id that was acknowledged; nothing if all ends before one was. */
  private Optional<String> submit(Daemon node, String key, Kind kind, int steps) {
    while (!closing) {
      var answer = doors.ask(node, "POST", "jobs", request(node, kind, steps), key);
      boolean full =
          answer.filter(said -> said.body().path("code").asText().equals("full")).isPresent();
      if (answer.isPresent() && !full) {
        if (answer.get().status() != 201 && answer.get().status() != 200) {
          throw new DemoFailure("a submit was refused: " + answer.get().body());
        }
        return Optional.of(answer.get().body().path("id").asText());
      }
      Chaos.pause(REPEAT_MILLIS);
    }
    return Optional.empty();
  }

  private void cancel(Wanted job) {
    String id = job.id();
    for (int tries = 1; !closing; tries++) {
      wanted.put(id, new Wanted(id, job.kind(), job.steps(), Double.NaN, tries));
      var answer = doors.ask("POST", "jobs/" + id + "/cancel", null, "cancel-" + id);
      if (answer.isPresent()) {
        boolean taken =
            answer.get().status() == 200
                && !answer.get().body().path("state").asText().equals("done");
        double at = taken ? clock() : Double.NaN;
        wanted.put(id, new Wanted(id, job.kind(), job.steps(), at, tries));
        return;
      }
      Chaos.pause(REPEAT_MILLIS);
    }
  }

  /** Asks for some again, as a client does that has lost the answer: it must be the same job. */
  private void repeatSome() {
    closing = false;
    requests.entrySet().stream()
        .limit(REPEATED)
        .forEach(
            each -> {
              Request first = each.getValue();
              submit(first.node(), each.getKey(), first.kind(), first.steps())
                  .filter(id -> !id.equals(first.id()))
                  .ifPresent(id -> twice.add(each.getKey() + ": " + first.id() + ", " + id));
            });
    closing = true;
  }

  /** Seconds of the machine's clock, as the witnesses say it. */
  static double clock() {
    try {
      return Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ")[0]);
    } catch (IOException e) {
      throw new DemoFailure("/proc/uptime can't be read: " + e.getMessage());
    }
  }
}
