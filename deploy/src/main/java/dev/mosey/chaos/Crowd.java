package dev.mosey.chaos;

import dev.mosey.chaos.Judge.Wanted;
import dev.mosey.chaos.Witness.Word;
import dev.mosey.demo.DemoFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Submits work without end, and remembers what was acknowledged. A request whose outcome is unknown
 * is repeated with the same key at the same node, as {@code mosq} does: another node would be
 * another home, with books of its own.
 */
final class Crowd implements Runnable {
  private static final long REPEAT_MILLIS = 200;
  private static final int REPEATED = 20;
  private static final double CANCELLED_SHARE = 0.06;

  private final Doors doors;
  private final Path log;
  private final Path script;
  private final Random random;
  private final double leaseSeconds;
  private final int waitingMost;
  private final Map<String, Wanted> wanted = new ConcurrentHashMap<>();
  private final Map<String, Request> requests = new ConcurrentHashMap<>();
  private final List<String> twice = new ArrayList<>();
  private volatile boolean closing;
  private int submitted;

  /** What was sent where, and the id that came back. */
  private record Request(Daemon node, int steps, String id) {}

  Crowd(Doors doors, Path log, Path script, long seed, double leaseSeconds, int waitingMost) {
    this.doors = doors;
    this.log = log;
    this.script = script;
    this.random = new Random(seed);
    this.leaseSeconds = leaseSeconds;
    this.waitingMost = waitingMost;
  }

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
      if (wanted.size() - ended() < waitingMost) {
        submit();
      } else {
        Chaos.pause(REPEAT_MILLIS);
      }
    }
    repeatSome();
  }

  private long ended() {
    try {
      long ends = Witness.read(log).stream().filter(line -> line.word() == Word.END).count();
      long cancelled = wanted.values().stream().filter(each -> each.tries() > 0).count();
      return ends + cancelled;
    } catch (IOException e) {
      throw new DemoFailure(e.getMessage());
    }
  }

  /** Some save when they are asked to leave, others begin again. */
  private Map<String, Object> request(int steps) {
    return Map.of(
        "command",
        List.of("sh", script.toString(), log.toString(), Integer.toString(steps), "0.1"),
        "cwd",
        "/",
        "name",
        "witness-" + steps,
        "move",
        steps % 2 == 0 ? "restart" : "checkpoint",
        "lease_seconds",
        leaseSeconds);
  }

  private void submit() {
    int steps = random.nextInt(10) < 6 ? 1 + random.nextInt(4) : 10 + random.nextInt(40);
    String key = "chaos-" + ++submitted;
    Daemon node = doors.any();
    Optional<String> id = submit(node, key, steps);
    if (id.isEmpty()) {
      return;
    }
    wanted.put(id.get(), new Wanted(id.get(), steps, Double.NaN, 0));
    requests.put(key, new Request(node, steps, id.get()));
    if (random.nextDouble() < CANCELLED_SHARE) {
      cancel(id.get(), steps);
    }
  }

  /** The id that was acknowledged; nothing if all ends before one was. */
  private Optional<String> submit(Daemon node, String key, int steps) {
    while (!closing) {
      var answer = doors.ask(node, "POST", "jobs", request(steps), key);
      if (answer.isPresent()) {
        if (answer.get().status() != 201 && answer.get().status() != 200) {
          throw new DemoFailure("a submit was refused: " + answer.get().body());
        }
        return Optional.of(answer.get().body().path("id").asText());
      }
      Chaos.pause(REPEAT_MILLIS);
    }
    return Optional.empty();
  }

  private void cancel(String id, int steps) {
    for (int tries = 1; !closing; tries++) {
      wanted.put(id, new Wanted(id, steps, Double.NaN, tries));
      var answer = doors.ask("POST", "jobs/" + id + "/cancel", null, "cancel-" + id);
      if (answer.isPresent()) {
        boolean taken =
            answer.get().status() == 200
                && !answer.get().body().path("state").asText().equals("done");
        wanted.put(id, new Wanted(id, steps, taken ? clock() : Double.NaN, tries));
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
              submit(first.node(), each.getKey(), first.steps())
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
