package dev.mosey.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mosey.node.testcluster.Await;
import dev.mosey.node.testcluster.ClusterLogs;
import dev.mosey.node.testcluster.TestCluster;
import dev.mosey.node.testcluster.TestHttp;
import dev.mosey.node.testcluster.TestHttp.Answer;
import dev.mosey.node.testcluster.TestNode;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** What running nodes say of themselves over HTTP. */
@ExtendWith(ClusterLogs.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class GatewayIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static TestCluster cluster;

  @BeforeAll
  static void prepare() {
    cluster = TestCluster.of("alpha", "beta").slots(2);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static TestHttp alpha() {
    return cluster.node("alpha").http();
  }

  private static TestHttp beta() {
    return cluster.node("beta").http();
  }

  @Test
  @Order(1)
  void aNodeWithoutAClusterIsAliveButNotReady() {
    cluster.node("beta").start().awaitLine("event=looking-for-cluster");
    assertThat(beta().get("//alive").status()).isEqualTo(200);
    Answer ready = beta().get("//ready");
    assertThat(ready.status()).isEqualTo(503);
    assertThat(ready.headers()).containsEntry("Content-Type", "application/problem+json");
    Answer health = beta().get("//health");
    assertThat(health.status()).isEqualTo(503);
    assertThat(health.json().get("problems").findValuesAsText("code"))
        .containsExactly("no_cluster");
    assertThat(beta().get("//metrics").text()).contains("\nmosey_ready 0\n");

    cluster.node("alpha").start();
    cluster.awaitUp(2);
    for (TestNode node : cluster.nodes()) {
      Await.until(
          PATIENCE, node.name() + " is ready", () -> node.http().get("//ready").status() == 200);
      assertThat(node.http().get("//health").json().get("status").asText()).isEqualTo("ok");
    }
  }

  @Test
  @Order(2)
  void promtoolAcceptsTheMetricsOfARunningNode() throws Exception {
    String id = submit("{\"command\":[\"true\"],\"cwd\":\"/tmp\",\"array\":\"1-3\"}");
    alpha().get("/jobs/" + id + "/wait?timeout=30");
    alpha().get("//nowhere");
    Answer metrics = alpha().get("//metrics");

    assertThat(metrics.headers().get("Content-Type")).startsWith("text/plain; version=0.0.4");
    assertThat(metrics.text())
        .contains(
            "\nmosey_ready 1\n",
            "\nmosey_books_open 1\n",
            "\nmosey_tasks{state=\"waiting\"} 0\n",
            "\nmosey_requests_total{entry=\"GET jobs/*/wait\"} 1\n")
        .doesNotContain("Not described");
    assertThat(metrics.text().lines().filter(line -> !line.startsWith("#")))
        .allMatch(line -> line.startsWith("mosey_"));

    boolean there = isOnPath("promtool");
    assumeTrue(there || System.getenv("MOSEY_NO_SKIP") != null, "promtool is not installed");
    assertThat(there).as("promtool is installed").isTrue();
    Path text = Files.write(cluster.directory().resolve("metrics"), metrics.body());
    Path said = cluster.directory().resolve("promtool");
    Process promtool =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(text.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(promtool.waitFor()).as(Files.readString(said)).isZero();
    assertThat(said).isEmptyFile();
  }

  private static boolean isOnPath(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  private static String submit(String json) {
    return submit(alpha(), json);
  }

  private static String submit(TestHttp node, String json) {
    Answer answer = node.post("/jobs", json);
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return answer.json().get("id").asText();
  }

  @Test
  @Order(3)
  void everyNodeKnowsItsOwnBooksAndThoseOfOthers() {
    for (TestHttp asked : new TestHttp[] {alpha(), beta()}) {
      for (String name : new String[] {"alpha", "beta"}) {
        var books = asked.get("/nodes/" + name).json().get("books");
        assertThat(books.get("store_id").asText()).isNotEmpty();
        assertThat(books.get("home").textValue()).isEqualTo(name);
        assertThat(books.get("epoch").textValue()).as("a text, as ever").isEqualTo("1");
        assertThat(books.get("opening").textValue()).isEqualTo("1");
      }
    }
  }

  @Test
  @Order(3)
  void whoFollowsOutputIsSetBackWhereItWasCutEvenIfItHasGrownSince() {
    String script = "mkdir ran && echo first && exit 1; echo 'the second, and longer'";
    String directory = cluster.directory().toAbsolutePath().toString();
    String id =
        submit("{\"command\":[\"sh\",\"-c\",\"" + script + "\"],\"cwd\":\"" + directory + "\"}");
    alpha().get("/jobs/" + id + "/wait?timeout=30");
    Answer first = beta().get("/jobs/" + id + "/output?wait=30");
    assertThat(first.text()).isEqualTo("first\n");
    alpha().post("/jobs/" + id + "/retry", "");
    alpha().get("/jobs/" + id + "/wait?timeout=30");

    String rest = "/jobs/" + id + "/output?wait=30&offset=6";
    Answer again = beta().get(rest + "&seen=" + first.headers().get("Mosey-Incarnation"));
    assertThat(again.headers()).containsEntry("Mosey-Offset", "0");
    assertThat(again.text()).isEqualTo("the second, and longer\n");
    assertThat(beta().get(rest + "&seen=" + again.headers().get("Mosey-Incarnation")).text())
        .isEqualTo("the second, and longer\n".substring(6));
  }

  @Test
  @Order(4)
  void theElementsOfAnEndedArrayAreListed() {
    String id = submit("{\"command\":[\"true\"],\"cwd\":\"/tmp\",\"array\":\"1-3\"}");
    alpha().get("/jobs/" + id + "/wait?timeout=30");
    Answer named = beta().get("/jobs?ids=" + id + ".1," + id + ".2," + id + ".3");
    assertThat(named.json().get("items").findValuesAsText("id"))
        .containsExactly(id + ".1", id + ".2", id + ".3");
    Answer queried = beta().get("/jobs?elements=true&ended=true&limit=3&order=newest");
    assertThat(queried.json().get("items").findValuesAsText("id"))
        .containsExactlyInAnyOrder(id + ".1", id + ".2", id + ".3");
  }

  @Test
  @Order(5)
  void aClientFollowsTheWholeClusterAndMissesNothingWhenItComesBack() {
    String task = "{\"command\":[\"true\"],\"cwd\":\"/tmp\",\"name\":\"<b>\\n\"}";
    String plain = task.replace("<b>\\n", "<b>");
    assertThat(alpha().post("/jobs", task).status()).isEqualTo(422);
    String seen;
    String first;
    try (Watcher watcher = Watcher.of(alpha())) {
      first = submit(beta(), plain);
      watcher.awaitEnd(first);
      assertThat(watcher.of(first)).containsExactly("job-submitted", "job-started", "job-ended");
      assertThat(watcher.events())
          .allMatch(event -> Watcher.is(event, "name", "<b>") && Watcher.is(event, "node", "beta"));
      seen = watcher.lastId();
    }
    String here = submit(alpha(), plain);
    String there = submit(beta(), "{\"command\":[\"false\"],\"cwd\":\"/tmp\",\"array\":\"2-4:2\"}");
    beta().get("/jobs/" + there + "/wait?timeout=30");
    try (Watcher watcher = Watcher.of(alpha(), seen)) {
      watcher.awaitEnd(here);
      Await.until(
          PATIENCE,
          there + " has ended",
          () -> watcher.of(there).stream().filter("job-ended"::equals).count() == 2,
          watcher.events()::toString);
      assertThat(watcher.of(first)).isEmpty();
      assertThat(watcher.of(here)).containsExactly("job-submitted", "job-started", "job-ended");
      assertThat(watcher.of(there)).startsWith("job-submitted", "job-started");
      assertThat(watcher.events())
          .noneMatch(event -> Watcher.is(event, "reread"))
          .anyMatch(
              event ->
                  Watcher.is(event, "tasks", "4")
                      && Watcher.is(event, "state", "failed")
                      && event.get("exit").get("code").asInt() == 1);
    }
  }

  @Test
  @Order(6)
  void nobodyFollowsWithoutTheToken() {
    for (String given : new String[] {"Bearer wrong", "Basic x"}) {
      Answer refused = alpha().send("GET", "/events", null, Map.of("Authorization", given));
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.headers()).containsEntry("Content-Type", "application/problem+json");
    }
  }

  @Test
  @Order(7)
  void aWatcherSeesNodesComeAndGoAndIsToldToReadAgain() {
    try (Watcher watcher = Watcher.of(alpha())) {
      cluster.node("beta").kill9();
      watcher.await(
          "beta is away",
          event -> Watcher.is(event, "node-away") && Watcher.is(event, "to", "beta"));
      cluster.node("beta").start();
      cluster.awaitUp(2);
      watcher.await(
          "beta is back", event -> Watcher.is(event, "node-up") && Watcher.is(event, "to", "beta"));
      watcher.await(
          "what beta told is to be read again",
          event -> Watcher.is(event, "reread") && Watcher.is(event, "node", "beta"));
      watcher.awaitEnd(submit(beta(), "{\"command\":[\"true\"],\"cwd\":\"/tmp\"}"));
    }
    try (Watcher stranger = Watcher.of(beta(), "alpha-1-17")) {
      stranger.await("it reads again", event -> Watcher.is(event, "reread"));
    }
  }

  @Test
  @Order(8)
  void whoWaitsFindsTheOutputWhereItWasWantedOrIsToldWhyNot() throws Exception {
    Path wanted = cluster.directory().resolve("wanted");
    for (int i = 0; i < 10; i++) {
      String id =
          submit(
              "{\"command\":[\"echo\",\"%d\"],\"cwd\":\"/tmp\",\"stdout_file\":\"%s\"}"
                  .formatted(i, wanted));
      assertThat(beta().get("/jobs/" + id + "/wait?timeout=30").json().has("note")).isFalse();
      assertThat(wanted).hasContent(Integer.toString(i));
    }
    String array =
        submit(
            "{\"command\":[\"true\"],\"cwd\":\"/tmp\",\"array\":\"1-2\",\"stdout_file\":\"%s\"}"
                .formatted(wanted.resolve("out")));
    assertThat(alpha().get("/jobs/" + array + "/wait?timeout=30").json().path("note").asText())
        .contains(array + ".", "its output was not copied to " + wanted + "/out.");
  }

  @Test
  @Order(9)
  void thePageIsServedToAnybodyAndAsksOnlyWhatIsDocumented() {
    Answer page = alpha().send("GET", "//", null, Map.of("Authorization", "none"));
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.headers().get("Content-Type")).startsWith("text/html");
    assertThat(page.headers().get("Content-Security-Policy")).contains("default-src 'none'");
    assertThat(page.text()).contains("<title>Mosey</title>").doesNotContain("alpha");

    Set<String> asked =
        Pattern.compile("(?:get\\(|API \\+ )\"(/[a-z/]+)")
            .matcher(page.text())
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toSet());
    assertThat(asked).contains("/nodes", "/processes", "/moves", "/events");
    var documented = alpha().get("/openapi.json").json().get("paths");
    for (String path : asked) {
      assertThat(documented.path("/mosey/v1" + path).has("get")).as(path).isTrue();
      if (!path.equals("/events")) {
        assertThat(alpha().get(path + "?limit=15").json().has("items")).as(path).isTrue();
      }
    }
    assertThat(documented.at("/~1mosey~1v1~1events/get/description").asText()).contains("reread");
  }
}
