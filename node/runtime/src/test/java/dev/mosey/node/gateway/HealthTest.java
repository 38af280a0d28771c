package dev.mosey.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.node.cluster.MembershipView;
import dev.mosey.node.home.Home;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.json.Json;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class HealthTest {
  private static final NodeName ALPHA = NodeName.of("alpha");
  private static final NodeName BETA = NodeName.of("beta");

  private String membership = "up";
  private CompletableFuture<Home.Condition> books = condition(true, false);
  private boolean betaReachable = true;
  private boolean space = true;

  private final Health health =
      new Health(
          new Health.Sources(
              ALPHA,
              () -> membership,
              this::cluster,
              () -> books,
              () -> space,
              "native supervision"));

  private static CompletableFuture<Home.Condition> condition(boolean open, boolean closing) {
    return CompletableFuture.completedFuture(new Home.Condition(open, closing, 0, 0));
  }

  private MembershipView cluster() {
    return new MembershipView(
        ALPHA,
        true,
        Map.of(
            ALPHA, new MembershipView.Node(ALPHA, "a:1", true, true, 0, null),
            BETA, new MembershipView.Node(BETA, "b:1", true, betaReachable, 0, null)));
  }

  private String codes() {
    JsonNode answer = Json.parse(health.health().join().body(), JsonNode.class);
    return answer.get("status").asText()
        + answer.get("problems").findValuesAsText("code").toString();
  }

  private void isNotReady(String why) {
    assertThat(health.ready().join().status()).isEqualTo(503);
    assertThat(health.health().join().status()).isEqualTo(503);
    assertThat(codes()).isEqualTo("not_ready[" + why + "]");
    assertThat(health.alive().status()).isEqualTo(200);
  }

  @Test
  void aNodeThatIsUpWithOpenBooksIsReady() {
    assertThat(health.ready().join().status()).isEqualTo(200);
    assertThat(health.health().join().status()).isEqualTo(200);
    assertThat(codes()).isEqualTo("ok[]");
  }

  @Test
  void aNodeWithClosedBooksIsAliveButNotReady() {
    books = condition(false, false);
    isNotReady("books_closed");
    books = condition(false, true);
    isNotReady("shutting_down");
    books = CompletableFuture.failedFuture(new TimeoutException());
    isNotReady("books_silent");
  }

  @Test
  void aNodeThatIsNotUpIsAliveButNotReady() {
    membership = null;
    isNotReady("no_cluster");
    for (String status : new String[] {"joining", "weaklyup", "leaving", "exiting", "down"}) {
      membership = status;
      isNotReady("not_up");
    }
  }

  @Test
  void whatDoesNotStopTheNodeIsSaidByHealthAlone() {
    betaReachable = false;
    space = false;
    assertThat(health.ready().join().status()).isEqualTo(200);
    assertThat(health.health().join().status()).isEqualTo(200);
    assertThat(codes()).isEqualTo("degraded[unreachable, disk_full]");
  }
}
