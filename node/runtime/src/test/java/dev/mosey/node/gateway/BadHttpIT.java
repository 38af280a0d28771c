package dev.mosey.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.node.testcluster.Await;
import dev.mosey.node.testcluster.ClusterLogs;
import dev.mosey.node.testcluster.TestCluster;
import dev.mosey.node.testcluster.TestHttp;
import dev.mosey.node.testcluster.TestHttp.Answer;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Whatever is wrong with a request: one line, a hint, the right status, and nothing changes. */
@ExtendWith(ClusterLogs.class)
final class BadHttpIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int BODY_MAX = 8 * 1024;
  private static final Map<String, String> NONE = Map.of();
  private static final String NO_BLOB = "{\"sha256\":\"" + "0".repeat(64) + "\",\"bytes\":1}";
  private static TestCluster cluster;

  /**
   * A request and what must come of it.
   *
   * @param request method and path below {@code /mosey/v1}; a path that begins with two slashes is
   *     absolute
   * @param body text, or null for none
   * @param headers beside the token
   * @param title what the line must say
   */
  private record Bad(
      String request, String body, Map<String, String> headers, int status, String title) {
    @Override
    public String toString() {
      String text = body == null ? "" : " " + body;
      return request + (text.length() > 80 ? text.substring(0, 80) : text) + headers;
    }
  }

  private static Bad bad(String request, String body, int status, String title) {
    return new Bad(request, body, NONE, status, title);
  }

  private static Bad bad(
      String request, String body, String header, String value, int status, String title) {
    return new Bad(request, body, Map.of(header, value), status, title);
  }

  static final List<Bad> CASES =
      List.of(
          // No JSON, or the wrong one.
          bad(
              "POST /jobs",
              "{\"command\":",
              400,
              "not valid JSON: it ends too soon (line 1, column 12)"),
          bad("POST /jobs", "", 400, "no body"),
          bad("POST /jobs", "null", 400, "expected a JSON object"),
          bad("POST /jobs", "[]", 400, "the JSON value must be an object"),
          bad("POST /jobs", "{} {}", 400, "the JSON value has something behind it"),
          bad("POST /jobs", "[".repeat(2000), 400, "must be an object"),
          bad("POST /jobs", "{\"command\":\"true\"}", 400, "'command' must be a list"),
          bad("POST /jobs", "{\"command\":[[]]}", 400, "'command[0]' must be a text"),
          bad("POST /jobs", "{\"lock\":\"x\"}", 400, "'lock' must be true or false"),
          bad("POST /jobs", "{\"env\":7}", 400, "'env' must be an object"),
          bad("POST /jobs", "{\"lease_seconds\":\"x\"}", 400, "'lease_seconds' must be a number"),
          bad("POST /jobs", "{\"priority\":99999999999}", 400, "a number is out of range (line 1"),
          bad("POST /jobs", "{priority:1}", 400, "not valid JSON (line 1, column"),
          bad("POST /jobs", "{\"prioriti\":3}", 400, "there is no field 'prioriti'"),
          bad(
              "POST /jobs",
              "{\"priority\":1,\"priority\":2}",
              400,
              "the field 'priority' is there twice"),
          bad(
              "POST /jobs",
              "{\"priority\":1.5}",
              400,
              "'priority' must be a whole number (line 1, column 13)"),
          bad("POST /jobs", "{\"priority\":\"5\"}", 400, "'priority'"),
          bad(
              "POST /jobs",
              "{\"jar\":{\"sha256\":\"x\",\"bytes\":1,\"size\":1}}",
              400,
              "'jar': not the name of a blob"),
          bad("POST /jobs/alpha.1/priority", "{}", 400, "no priority was given"),
          bad("POST /jobs/alpha.1/priority", "{\"n\":1}", 400, "there is no field 'n'"),
          bad("POST /jobs/alpha.1/signal", "{\"signal\":null}", 400, "no signal was given"),
          bad("POST /jobs/alpha.1/retry", "{\"failed\":true}", 400, "there is no field 'failed'"),
          bad("POST /nodes/alpha/drain", "{\"deadline\":1}", 400, "there is no field 'deadline'"),
          bad("POST /nodes/alpha/drain", "{\"deadline_seconds\":-1}", 400, "deadline_seconds"),
          bad("POST /processes/alpha.1/migrate", "{}", 400, "no target was given"),
          bad("PATCH /tunes", "{}", 400, "no tune was named"),
          bad("PATCH /tunes", "[\"differential\"]", 400, "no tune was named"),
          // Understood, and refused.
          bad("POST /jobs", "{\"command\":[],\"cwd\":\"/\"}", 422, "no command was given"),
          bad("POST /jobs", "{\"command\":[\"a\"]}", 422, "working directory"),
          bad("POST /jobs", submit("\"array\":\"9-1\""), 422, "9-1"),
          bad("POST /jobs", submit("\"array\":\"1-20000000000\""), 422, "20000000000"),
          bad("POST /jobs", submit("\"array\":\"1-200000\""), 413, "200000"),
          bad("POST /jobs", submit("\"priority\":-1"), 422, "priority must be"),
          bad("POST /jobs", submit("\"move\":\"teleport\""), 422, "'teleport'"),
          bad("POST /jobs", submit("\"after\":[\"seventeen\"]"), 422, "'seventeen'"),
          bad("POST /jobs", submit("\"after\":[\"delta.1\"]"), 422, "there is no node delta"),
          bad("POST /jobs", submit("\"on\":[\"a\"],\"not\":[\"a\"]"), 422, "no node is left"),
          bad("POST /jobs", submit("\"begin\":\"soon\""), 422, "'soon' is not a time"),
          bad("POST /jobs", submit("\"resources\":{\"cores\":-1}"), 422, "'cores'"),
          bad("POST /jobs", submit("\"jar\":" + NO_BLOB + ",\"class_name\":\"A\""), 422, "not at"),
          bad("POST /jobs/alpha.1/signal", "{\"signal\":999}", 400, "signal"),
          bad("POST /jobs/alpha.1/priority", "{\"priority\":-5}", 400, "priority"),
          bad("POST /processes/alpha.1/migrate", "{\"target\":\"nowhere\"}", 404, "nowhere"),
          bad("POST /processes/alpha.1/migrate", "{\"target\":\"chkstop\"}", 422, "checkpointed"),
          bad("POST /processes/alpha.1/migrate", "{\"target\":\"continue\"}", 409, "frozen"),
          bad("PATCH /tunes", "{\"differential\":\"-9\"}", 422, "differential"),
          bad("PATCH /tunes", "{\"diferential\":\"0.3\"}", 422, "diferential"),
          // Unknown places, verbs, methods.
          bad("GET /nothing", null, 404, "there is no /mosey/v1/nothing"),
          bad("GET //nothing", null, 404, "there is no /nothing"),
          bad("GET //mosey/v2/jobs", null, 404, "there is no /mosey/v2/jobs"),
          bad("POST /local/jobs", "{}", 404, "there is no /mosey/v1/local/jobs"),
          bad("GET /local/events", null, 404, "there is no"),
          bad("POST /nodes/alpha/explode", null, 404, "'explode' is not a verb"),
          bad("POST /jobs/alpha.1/explode", null, 404, "there is no"),
          bad("GET /nodes/nowhere", null, 404, "there is no node nowhere"),
          bad("GET /jobs/alpha.99999", null, 404, "there is no alpha.99999"),
          bad("GET /jobs/omega.1", null, 404, "there is no node omega"),
          bad("DELETE /jobs/alpha.99999", null, 404, "alpha.99999"),
          bad("POST /jobs/alpha.1.7/cancel", null, 404, "no element 7"),
          bad("GET /jobs/alpha.1/why?node=nowhere", null, 404, "there is no node nowhere"),
          bad("GET /why?node=nowhere", null, 404, "there is no node nowhere"),
          bad("GET /processes?node=nowhere", null, 404, "there is no node nowhere"),
          bad("POST /nodes/alpha/setspeed", "{\"speed\":0}", 400, "speed must be from 0.01 to 100"),
          bad("POST /nodes/alpha/setspeed", "{}", 400, "speed must be from"),
          bad(
              "POST /processes/alpha.1/migrate",
              "{\"target\":\"out\"}",
              422,
              "alpha.1 was submitted to stay: elsewhere it would begin again: "),
          bad("GET /jobs/alpha.1/output?attempt=7", null, 404, "alpha.1 has no attempt 7"),
          bad("PUT /jobs", "{}", 405, "does not take PUT"),
          bad("DELETE /nodes/alpha", null, 405, "does not take DELETE"),
          bad("POST /events", null, 405, "does not take POST"),
          bad("POST //metrics", null, 405, "does not take POST"),
          bad("PUT //cluster/members/x", null, 405, "does not take PUT"),
          bad("POST /blobs", "x", 405, "does not take POST"),
          // Ids, numbers and words.
          bad("GET /jobs/seventeen", null, 400, "'seventeen'"),
          bad("GET /jobs/alpha.0", null, 400, "alpha.0"),
          bad("GET /jobs/alpha.99999999999999999999", null, 400, "is not an id"),
          bad("GET /jobs/alpha.1.9-3", null, 400, "empty range"),
          bad("GET /jobs?limit=many", null, 400, "'limit' must be a number"),
          bad("GET /jobs?limit=0", null, 400, "'limit' must be a number from 1"),
          bad("GET /jobs?limit=99999999999999999999", null, 400, "'limit'"),
          bad("GET /jobs?state=asleep", null, 400, "'asleep' is not a state"),
          bad("GET /jobs?elements=perhaps", null, 400, "'elements' must be true or false"),
          bad("GET /jobs?order=random", null, 400, "'random' is not what 'order' can be"),
          bad("GET /jobs?scope=moon", null, 400, "'moon' is not what 'scope' can be"),
          bad("GET /jobs?stat=waiting", null, 400, "'stat' is not a parameter"),
          bad("GET /jobs?after=!!", null, 400, "'after'"),
          bad("GET /jobs?scope=local&after=x_y", null, 400, "x_y"),
          bad("GET /jobs?ids=alpha.1,x", null, 400, "'x'"),
          bad("GET /history?since=yesterday", null, 400, "'since' must be a time"),
          bad("GET /history?sum=user,moon", null, 400, "summed by 'moon'"),
          bad("GET /history?sum=user&scope=local&after=x", null, 400, "'x' is no place"),
          bad("GET /jobs?sum=user", null, 400, "'sum' is not a parameter"),
          bad("GET /jobs/alpha.1/wait?timeout=61", null, 400, "'timeout' must be a number"),
          bad("GET /jobs/alpha.1/output?offset=-1", null, 400, "'offset' must be a number"),
          bad("GET /jobs/alpha.1/output?stream=3", null, 400, "'3' is not a stream"),
          bad("GET /nodes/best?cores=-1", null, 400, "'cores' must be a number"),
          bad("GET /nodes/Al.pha", null, 400, "is not a node name"),
          bad("GET /moves?limit=0", null, 400, "'limit'"),
          bad("GET /moves?id=x", null, 400, "'x'"),
          bad("GET /tunes?name=x", null, 400, "'name' is not a parameter"),
          // Who asks, and how.
          bad("GET /jobs", null, "Authorization", "Bearer wrong", 401, "not the cluster's key"),
          bad("GET /events", null, "Authorization", "Basic eDp5", 401, "not the cluster's key"),
          bad("POST /jobs", "{}", "Authorization", "Bearer", 401, "not the cluster's key"),
          bad("GET /jobs", null, "Origin", "https://elsewhere.example", 403, "another site"),
          bad("POST /jobs", "a=b", "Content-Type", "text/plain", 415, "text/plain, not JSON"),
          bad("POST /jobs", "<a/>", "Content-Type", "application/xml", 415, "application/xml"),
          bad("POST /jobs", submit(null), "Mosey-User", "x".repeat(300), 400, "Mosey-User"),
          bad("POST /jobs", submit(null), "Idempotency-Key", "k".repeat(300), 400, "Idempotency"),
          bad("POST /jobs", submit("\"name\":\"" + "n".repeat(BODY_MAX) + "\""), 413, "larger"));

  private static String submit(String more) {
    return "{\"command\":[\"true\"],\"cwd\":\"/tmp\"" + (more == null ? "" : "," + more) + "}";
  }

  @BeforeAll
  static void start() {
    cluster = TestCluster.of("alpha").slots(1).set("gateway.body-bytes", BODY_MAX + "B").start();
    cluster.awaitUp(1);
    http().post("/jobs", "{\"command\":[\"sleep\",\"1000\"],\"cwd\":\"/tmp\"}");
    Await.until(
        PATIENCE,
        "alpha.1 runs",
        () -> http().get("/jobs/alpha.1").json().path("state").asText().equals("running"));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static TestHttp http() {
    return cluster.node("alpha").http();
  }

  /** What no bad request may change. */
  private static String state() {
    JsonNode jobs = http().get("/jobs?ended=true").json();
    JsonNode node = http().get("/nodes/alpha").json();
    StringBuilder state = new StringBuilder();
    jobs.get("items")
        .forEach(
            job ->
                state
                    .append(job.get("id").asText())
                    .append(job.get("state").asText())
                    .append(job.get("priority").asInt())
                    .append(job.path("host").asText()));
    return state + node.get("mode").asText() + http().get("/tunes").text();
  }

  private static void isAProblem(int status, String title, JsonNode problem) {
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("title").asText())
        .contains(title)
        .isNotBlank()
        .hasSizeLessThan(400)
        .doesNotContain("\n", "Exception", "dev.mosey", "com.fasterxml", "java.", "`");
    assertThat(problem.path("code").asText()).matches("[a-z_]+");
    assertThat(problem.path("hint").asText()).as("the hint").isNotBlank().doesNotContain("\n");
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("CASES")
  void isRefusedWithOneLineAndAHintAndChangesNothing(Bad bad) {
    String before = state();
    String[] request = bad.request().split(" ", 2);
    byte[] body = bad.body() == null ? null : bad.body().getBytes(StandardCharsets.UTF_8);
    Answer answer = http().send(request[0], request[1], body, bad.headers());

    assertThat(answer.status()).as(answer.text()).isEqualTo(bad.status());
    assertThat(answer.headers()).containsEntry("Content-Type", "application/problem+json");
    isAProblem(bad.status(), bad.title(), answer.json());
    assertThat(state()).isEqualTo(before);
    assertThat(cluster.node("alpha").written()).doesNotContain("event=request-failed", "\tat ");
  }

  /** What is no HTTP at all, byte by byte. */
  private static JsonNode raw(String request, int status) throws IOException {
    String[] address = http().url().substring("http://".length()).split(":");
    try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).as(request).startsWith("HTTP/1.1 " + status + " ");
      assertThat(answer).contains("Content-Type: application/problem+json");
      return Json.parse(
          answer.substring(answer.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.UTF_8),
          JsonNode.class);
    }
  }

  /** As a client does that looks for an answer only when it has sent everything. */
  @Test
  void aBodyThatIsMuchTooLargeIsReadToItsEndAndRefused() throws IOException {
    String head =
        "POST /mosey/v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: "
            + http().bearer()
            + "\r\nContent-Type: application/json\r\n";
    String much = "x".repeat(16 << 20);
    isAProblem(
        413, "larger", raw(head + "Content-Length: " + much.length() + "\r\n\r\n" + much, 413));
    String chunks = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").repeat(256) + "0\r\n\r\n";
    isAProblem(413, "larger", raw(head + "Transfer-Encoding: chunked\r\n\r\n" + chunks, 413));
  }

  @Test
  void theNewestJobIsFoundBehindHoweverManyThatLive() {
    String held = http().post("/jobs", submit("\"hold\":true")).json().get("id").asText();
    assertThat(http().get("/jobs/last").json().get("id").asText()).isEqualTo(held);
    http().send("DELETE", "/jobs/" + held, null, Map.of());
    JsonNode last = http().get("/jobs/last").json();
    assertThat(last.get("id").asText()).isEqualTo(held);
    assertThat(last.get("state").asText()).isEqualTo("cancelled");
  }

  @Test
  void theSpeedOfANodeIsSet() {
    assertThat(
            http().post("/nodes/alpha/setspeed", "{\"speed\":1.5}").json().get("message").asText())
        .isEqualTo("alpha has speed 1.5");
    assertThat(http().get("/nodes/alpha").json().get("speed").asDouble()).isEqualTo(1.5);
  }

  @Test
  void aKeyNamesOneRequestOnly() {
    String first = submit("\"name\":\"first\"");
    assertThat(http().post("/jobs", first, "same").status()).isEqualTo(201);
    Answer again = http().post("/jobs", submit("\"name\":\"first\",\"env\":{\"A\":\"1\"}"), "same");
    assertThat(again.json().path("repeated").asBoolean()).as(again.text()).isTrue();
    Answer other = http().post("/jobs", submit("\"name\":\"other\""), "same");
    assertThat(other.status()).isEqualTo(422);
    isAProblem(422, "this key was used for another request, which became alpha.", other.json());
  }

  @Test
  void whatNoNodeCanRunIsTakenInWithANote() {
    Answer much = http().post("/jobs", submit("\"resources\":{\"memory_mb\":1e9},\"hold\":true"));
    assertThat(much.status()).isEqualTo(201);
    assertThat(much.json().path("note").asText())
        .startsWith("no node can run this now: memory: 1000000000 MiB wanted, ")
        .endsWith(" MiB in all");
    Answer away = http().post("/jobs", submit("\"on\":[\"delta\"]"));
    assertThat(away.json().path("note").asText())
        .isEqualTo("no node can run this now: the job runs only on delta");
    String why = "/jobs/" + away.json().path("id").asText() + "/why";
    assertThat(http().get(why).json().path("nodes").findValuesAsText("why"))
        .containsExactly("the job runs only on delta");
    Answer fits = http().post("/jobs", submit("\"on\":[\"alpha\"],\"hold\":true"));
    assertThat(fits.json().has("note")).as(fits.text()).isFalse();
    why = "/jobs/" + fits.json().path("id").asText() + "/why";
    assertThat(http().get(why).json().has("nodes")).as("it is held").isFalse();
    assertThat(http().get(why + "?node=alpha").json().path("nodes").findValuesAsText("why"))
        .containsExactly("its slot is taken");
    assertThat(http().get("/processes?node=alpha").json().path("items").findValuesAsText("id"))
        .containsExactly("alpha.1");
  }

  @Test
  void whatIsNoHttpIsAProblemToo() throws IOException {
    Map<String, Integer> requests =
        Map.of(
            "nonsense\r\n\r\n",
            400,
            "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
            505,
            "GET /mosey/v1/jobs/alpha.1%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
            400,
            "GET /ready HTTP/1.1\r\n\r\n",
            400,
            "GET /ready HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n",
            400,
            "GET /" + "x".repeat(5000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
            414,
            "BREW /ready HTTP/1.1\r\nHost: localhost\r\n\r\n",
            501,
            "GET /ready HTTP/9.9\r\nHost: localhost\r\n\r\n",
            505);
    for (Map.Entry<String, Integer> request : requests.entrySet()) {
      isAProblem(request.getValue(), "malformed", raw(request.getKey(), request.getValue()));
    }
    JsonNode rebound = raw("GET /ready HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403);
    isAProblem(403, "this node is not called 'evil.example'", rebound);
    JsonNode nobody = raw("GET /mosey/v1/jobs HTTP/1.1\r\nHost: localhost\r\n\r\n", 401);
    isAProblem(401, "this needs the cluster's key", nobody);
  }
}
