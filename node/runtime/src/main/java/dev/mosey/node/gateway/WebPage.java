package dev.mosey.node.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * The live page of the cluster: one file without anything from elsewhere, readable by anybody; its
 * data needs the token, which it takes from the address's fragment and so never sends but to the
 * interface. Its policy lets nothing run but its own script, named by its hash, and nothing be
 * asked but this node.
 */
final class WebPage {
  private static final String RESOURCE = "/dev/mosey/node/gateway/page.html";

  private final byte[] html;
  private final List<HttpHeader> headers;

  private WebPage(String html) {
    this.html = html.getBytes(StandardCharsets.UTF_8);
    this.headers =
        List.of(
            RawHeader.create("Content-Security-Policy", policy(html)),
            RawHeader.create("X-Content-Type-Options", "nosniff"),
            RawHeader.create("X-Frame-Options", "DENY"),
            RawHeader.create("Referrer-Policy", "no-referrer"),
            RawHeader.create("Cross-Origin-Opener-Policy", "same-origin"),
            RawHeader.create("Cache-Control", "no-cache"));
  }

  /** The page as it was built. */
  static WebPage load() {
    try (InputStream in = WebPage.class.getResourceAsStream(RESOURCE)) {
      return new WebPage(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  HttpResponse response() {
    return HttpResponse.create()
        .addHeaders(headers)
        .withEntity(HttpEntities.create(ContentTypes.TEXT_HTML_UTF8, html));
  }

  private static String policy(String html) {
    return "default-src 'none'; script-src '"
        + hash(html, "script")
        + "'; style-src '"
        + hash(html, "style")
        + "'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
        + " frame-ancestors 'none'";
  }

  /** Of what stands between the tags. */
  private static String hash(String html, String tag) {
    String begin = "<" + tag + ">";
    int from = html.indexOf(begin) + begin.length();
    String content = html.substring(from, html.indexOf("</" + tag + ">", from));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
