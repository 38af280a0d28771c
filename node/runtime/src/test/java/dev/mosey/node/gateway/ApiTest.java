package dev.mosey.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.books.BooksReply;
import dev.mosey.protocol.api.Problem;
import dev.mosey.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ApiTest {
  private final Api api =
      new Api()
          .on(
              "GET",
              "nodes/best",
              (r, c) -> CompletableFuture.completedFuture(ApiResponse.ok(Map.of("fixed", true))))
          .on("GET", "nodes/*", (r, c) -> CompletableFuture.completedFuture(ApiResponse.ok(c)))
          .on(
              "POST",
              "jobs/*/cancel",
              (r, c) -> {
                throw ApiException.notFound("no " + c.getFirst(), "look again");
              })
          .on(
              "GET",
              "bug",
              (r, c) -> CompletableFuture.failedFuture(new IllegalStateException("bug")));

  private ApiResponse ask(String method, String target) {
    return api.handle(ApiRequest.parse(method, target, "ann", null, null)).join();
  }

  private Problem problem(String method, String target) {
    return Json.parse(ask(method, target).body(), Problem.class);
  }

  @Test
  void aFixedPathGoesBeforeAVariableOne() {
    assertThat(new String(ask("GET", "/nodes/best?memory_mb=3").body(), StandardCharsets.UTF_8))
        .contains("fixed");
    assertThat(new String(ask("GET", "/nodes/al%20pha").body(), StandardCharsets.UTF_8))
        .isEqualTo("[\"al pha\"]");
  }

  @Test
  void errorsAreAnswersWithOneLineAndAHint() {
    assertThat(problem("POST", "/jobs/alpha.1/cancel"))
        .isEqualTo(
            new Problem("about:blank#not_found", "no alpha.1", 404, "not_found", "look again"));
    assertThat(problem("GET", "/nothing").status()).isEqualTo(404);
    assertThat(problem("DELETE", "/nodes/alpha").status()).isEqualTo(405);
    assertThat(problem("DELETE", "/nodes/alpha").hint()).contains("GET");
  }

  @Test
  void whatAnotherNodeOrAnotherMomentCanDoIsToldAsTemporary() {
    assertThat(List.of("closing", "busy", "not-open"))
        .allSatisfy(
            code ->
                assertThat(
                        JobsApi.refusal(new BooksReply.Refused(code, "line", "hint"))
                            .problem()
                            .status())
                    .isEqualTo(503));
    assertThat(JobsApi.refusal(new BooksReply.Refused("full", "line", "hint")).problem().status())
        .isEqualTo(422);
  }

  @Test
  void aBugIsNotShownToTheCaller() {
    Problem problem = problem("GET", "/bug");
    assertThat(problem.status()).isEqualTo(500);
    assertThat(problem.title()).doesNotContain("bug");
  }

  @Test
  void aRequestSurvivesItsWayToAnotherNode() {
    ApiRequest request =
        ApiRequest.parse("GET", "/jobs/alpha.1/output?stream=stderr&x=a%26b+c", "ann", "k", null);
    ApiRequest again = ApiRequest.parse("GET", request.target(), "ann", "k", null);
    assertThat(again.path()).isEqualTo(request.path());
    assertThat(again.query()).isEqualTo(request.query()).containsEntry("x", "a&b c");
  }
}
