package dev.mosey.node.gateway;

import dev.mosey.protocol.api.Problem;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.ParsingErrorHandler;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.StatusCode;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;

/**
 * Answers what is so malformed that it is no request: with problem+json, like everything else.
 * Named in {@code mosd-pekko.conf}.
 */
public final class MalformedRequests extends ParsingErrorHandler {
  private static final int TITLE_MAX = 200;

  /** Made by Pekko. */
  public MalformedRequests() {}

  @Override
  public HttpResponse handle(
      StatusCode status, ErrorInfo error, LoggingAdapter log, ServerSettings settings) {
    String line = error.summary().lines().findFirst().orElse("").replace("`", "");
    String title = "the request is malformed: " + line;
    return HttpServer.problem(
        Problem.of(
            status.intValue(),
            "malformed",
            title.length() > TITLE_MAX ? title.substring(0, TITLE_MAX) : title,
            "it must be HTTP/1.1 as in RFC 9112"));
  }
}
