package dev.mosey.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Set;
import org.junit.jupiter.api.Test;

class AuthorityTest {
  private final Authority authority =
      new Authority("s3cret", Set.of("127.0.0.1", "localhost", "::1"));

  private int refused(
      String method, String path, String authorization, String host, String origin) {
    ApiException e =
        catchThrowableOfType(
            ApiException.class, () -> authority.admit(method, path, authorization, host, origin));
    return e == null ? 200 : e.problem().status();
  }

  @Test
  void readersOfHealthNeedNoToken() {
    for (String path :
        new String[] {"/ready", "/alive", "/health", "/metrics", "/cluster/members"}) {
      assertThat(refused("GET", path, null, "127.0.0.1:7626", null)).as(path).isEqualTo(200);
    }
  }

  @Test
  void everythingElseNeedsTheClustersToken() {
    assertThat(refused("GET", "/mosey/v1/jobs", null, null, null)).isEqualTo(401);
    assertThat(refused("GET", "/mosey/v1/jobs", "Bearer wrong", null, null)).isEqualTo(401);
    assertThat(refused("GET", "/mosey/v1/jobs", "Basic s3cret", null, null)).isEqualTo(401);
    assertThat(refused("PUT", "/cluster/members", null, null, null)).isEqualTo(401);
    assertThatCode(
            () -> authority.admit("GET", "/mosey/v1/jobs", "Bearer s3cret", "[::1]:7626", null))
        .doesNotThrowAnyException();
  }

  @Test
  void aForeignNameOrPageIsRefusedEvenWithTheToken() {
    assertThat(refused("GET", "/mosey/v1/jobs", "Bearer s3cret", "evil.example:7626", null))
        .isEqualTo(403);
    assertThat(
            refused("GET", "/mosey/v1/jobs", "Bearer s3cret", "localhost", "https://evil.example"))
        .isEqualTo(403);
    assertThat(refused("GET", "/ready", null, "evil.example", null)).isEqualTo(403);
  }
}
