package dev.mosey.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.junit.jupiter.api.Test;

class WebPageTest {
  private final HttpResponse response = WebPage.load().response();
  private final String html = ((HttpEntity.Strict) response.entity()).getData().utf8String();

  private String between(String tag) {
    int from = html.indexOf("<" + tag + ">") + tag.length() + 2;
    return html.substring(from, html.indexOf("</" + tag + ">"));
  }

  private static String hash(String text) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
  }

  @Test
  void nothingRunsButItsOwnScript() throws Exception {
    String policy = response.getHeader("Content-Security-Policy").get().value();
    assertThat(policy)
        .contains("default-src 'none'")
        .contains("script-src " + hash(between("script")) + ";")
        .contains("style-src " + hash(between("style")) + ";")
        .contains("connect-src 'self'")
        .doesNotContain("unsafe", "*", "http:");
    assertThat(html).doesNotContainPattern("\\son[a-z]+=").doesNotContain(" style=");
    assertThat(html.split("<script", -1)).hasSize(2);
  }

  @Test
  void nothingComesFromElsewhere() {
    assertThat(html).doesNotContain("http://", "https://", "src=", "@import", "url(");
  }

  @Test
  void whatOthersNamedBecomesTextAndTheTokenStaysInTheTab() {
    String script = between("script");
    assertThat(script)
        .doesNotContain(
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "localStorage",
            "document.cookie")
        .contains("sessionStorage.setItem(\"mosey-token\"");
    assertThat(Pattern.compile("fetch\\(([^,]+),").matcher(script).results().map(WebPageTest::one))
        .containsExactlyInAnyOrder("API + path", "API + \"/events\"");
  }

  private static String one(MatchResult found) {
    return found.group(1);
  }
}
