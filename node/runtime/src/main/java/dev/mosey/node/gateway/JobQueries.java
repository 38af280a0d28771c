package dev.mosey.node.gateway;

import dev.mosey.node.home.HomeQuery;
import dev.mosey.protocol.api.JobView.State;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads from the parameters of a request which jobs a list is to have. */
final class JobQueries {
  /** Largest page. */
  private static final int LIMIT_MAX = 10_000;

  private JobQueries() {}

  static HomeQuery of(ApiRequest request) {
    Set<State> states = EnumSet.noneOf(State.class);
    for (String word : request.text("state").map(s -> s.split(",")).orElse(new String[0])) {
      try {
        states.add(State.valueOf(word.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw ApiException.badRequest(
            "'" + word + "' is not a state",
            "states: waiting held starting running moving frozen done failed cancelled lost"
                + " unknown");
      }
    }
    return new HomeQuery(
        states,
        request.text("user").orElse(null),
        request.flag("elements"),
        request.flag("ended") || states.stream().anyMatch(State::isEnd),
        oneOf(request, "order", "queue", "newest").equals("newest"),
        instant(request, "since"),
        instant(request, "until"),
        (int) request.number("limit", 100, 1, LIMIT_MAX),
        request.text("after").orElse(null));
  }

  /** A word that must be one of these; the first when it is absent. */
  static String oneOf(ApiRequest request, String name, String... words) {
    String word = request.text(name).orElse(words[0]);
    if (!List.of(words).contains(word)) {
      throw ApiException.badRequest(
          "'" + word + "' is not what '" + name + "' can be", "use " + String.join(" or ", words));
    }
    return word;
  }

  private static Instant instant(ApiRequest request, String name) {
    try {
      return request.text(name).map(Instant::parse).orElse(null);
    } catch (DateTimeParseException e) {
      throw ApiException.badRequest(
          "'" + name + "' must be a time in ISO-8601, was '" + request.query().get(name) + "'",
          "like 2030-01-31T08:00:00Z");
    }
  }

  /** The same with another bound and place to begin. */
  static HomeQuery page(HomeQuery query, int most, String from) {
    return new HomeQuery(
        query.states(),
        query.user(),
        query.elements(),
        query.ended(),
        query.newest(),
        query.since(),
        query.until(),
        most,
        from);
  }
}
