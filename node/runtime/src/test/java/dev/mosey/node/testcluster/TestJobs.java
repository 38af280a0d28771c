package dev.mosey.node.testcluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Submits to one node and asks it about jobs, its own and those of other homes. */
public final class TestJobs {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Set<String> ENDS = Set.of("done", "failed", "cancelled", "lost");

  private final TestNode node;
  private final TestHttp http;

  TestJobs(TestNode node) {
    this.node = node;
    this.http = node.http();
  }

  /** Submits; returns the id. */
  public String submit(Work work) {
    return expect(201, http.post("/jobs", work.json())).path("id").asText();
  }

  /** A job or process as this node tells it. */
  public JsonNode show(String id) {
    return expect(200, http.get("/jobs/" + id));
  }

  /** The host of each of the tasks 1 to {@code tasks}. */
  public Map<Integer, String> hosts(String id, int tasks) {
    Map<Integer, String> hosts = new TreeMap<>();
    IntStream.rangeClosed(1, tasks)
        .forEach(task -> hosts.put(task, show(id + "." + task).path("host").asText()));
    return hosts;
  }

  /** Waits until it is as wanted; returns it. */
  public JsonNode await(String id, String what, Predicate<JsonNode> wanted) {
    AtomicReference<JsonNode> seen = new AtomicReference<>();
    Await.until(
        PATIENCE,
        id + " " + what + ", says " + node.name(),
        () -> {
          TestHttp.Answer answer = http.get("/jobs/" + id);
          seen.set(answer.json());
          return answer.status() == 200 && wanted.test(answer.json());
        },
        () -> String.valueOf(seen.get()));
    return seen.get();
  }

  /** Waits until it runs; returns its host. */
  public String awaitRunning(String id) {
    return await(id, "runs", job -> job.path("state").asText().equals("running"))
        .path("host")
        .asText();
  }

  /** Waits until so many tasks of an array run. */
  public void awaitRunning(String id, int tasks) {
    await(id, tasks + " run", job -> job.path("tasks").path("running").asInt() == tasks);
  }

  /** Waits until it has ended; returns it. */
  public JsonNode awaitEnd(String id) {
    return await(id, "ends", job -> ENDS.contains(job.path("state").asText()));
  }

  /** Everything that it has written to standard output and that is kept at home. */
  public String output(String id) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      TestHttp.Answer part = http.get("/jobs/" + id + "/output?offset=" + all.size());
      expect(200, part);
      if (part.body().length == 0) {
        return all.toString(StandardCharsets.UTF_8);
      }
      all.writeBytes(part.body());
    }
  }

  /** Moves it by hand; returns the answer, whatever it is. */
  public TestHttp.Answer migrate(String id, String target) {
    return http.post("/processes/" + id + "/migrate", "{\"target\":\"" + target + "\"}");
  }

  /** Cancels it, and waits for its end. */
  public void cancel(String id) {
    expect(200, http.send("DELETE", "/jobs/" + id, null, Map.of()));
    awaitEnd(id);
  }

  /** Lets it go that is held. */
  public void release(String id) {
    expect(200, http.send("POST", "/jobs/" + id + "/release", null, Map.of()));
  }

  /** Starts it now, whatever the load. */
  public void startNow(String id) {
    expect(200, http.send("POST", "/jobs/" + id + "/run", null, Map.of()));
  }

  /** A verb about a node: {@code drain expel block ...}. */
  public JsonNode verb(String about, String verb) {
    return expect(200, http.send("POST", "/nodes/" + about + "/" + verb, null, Map.of()));
  }

  /** Drains a node; waits so many seconds at most for what can't move. */
  public JsonNode drain(String about, int deadlineSeconds) {
    String json = "{\"deadline_seconds\":" + deadlineSeconds + "}";
    return expect(200, http.post("/nodes/" + about + "/drain", json));
  }

  /** The page of a list, for instance {@code /jobs}. */
  public JsonNode list(String path) {
    return expect(200, http.get(path));
  }

  /** The ids in a page. */
  public static List<String> ids(JsonNode page) {
    return page.path("items").valueStream().map(item -> item.path("id").asText()).toList();
  }

  /** Sets a tune for the whole cluster. */
  public void tune(String name, String value) {
    String json = "{\"" + name + "\":\"" + value + "\"}";
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    expect(200, http.send("PATCH", "/tunes", body, Map.of()));
  }

  private JsonNode expect(int status, TestHttp.Answer answer) {
    if (answer.status() != status) {
      throw new AssertionError(node.name() + " answered " + answer.status() + ": " + answer.text());
    }
    return answer.json();
  }
}
