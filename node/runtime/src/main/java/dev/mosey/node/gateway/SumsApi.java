package dev.mosey.node.gateway;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.mosey.node.cluster.MembershipView;
import dev.mosey.node.home.HistorySums;
import dev.mosey.node.home.HomeQuery;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.api.SumView;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** {@code history?sum=user,month}: what has ended, counted where it is kept. */
final class SumsApi {
  /** So many different sums one answer may have. */
  private static final int SUMS_MOST = 100_000;

  private static final TypeReference<Page<SumView>> PAGE = new TypeReference<>() {};

  private final JobReader reader;
  private final Everywhere everywhere;
  private final Federation federation;

  SumsApi(JobReader reader, Everywhere everywhere, Federation federation) {
    this.reader = reader;
    this.everywhere = everywhere;
    this.federation = federation;
  }

  /** The sums of this home, in parts, or those of all homes, whole. */
  CompletableFuture<Page<SumView>> sums(ApiRequest request, HomeQuery query) {
    List<String> keys = keys(request);
    if (JobQueries.oneOf(request, "scope", "cluster", "local").equals("local")) {
      return reader.sums(query, keys);
    }
    String only = request.text("home").orElse(null);
    List<CompletableFuture<Part>> parts = new ArrayList<>();
    for (MembershipView.Node member : everywhere.nodes()) {
      if (only == null || only.equals(member.name().value())) {
        parts.add(part(member, request, query, keys));
      }
    }
    return Everywhere.all(parts).thenApply(SumsApi::merge);
  }

  private static List<String> keys(ApiRequest request) {
    List<String> keys = List.of(request.text("sum").orElseThrow().split(",", -1));
    for (String key : keys) {
      if (!HistorySums.KEYS.contains(key)) {
        throw ApiException.badRequest(
            "nothing can be summed by '" + key + "'",
            "use " + String.join(", ", HistorySums.KEYS) + "; several by comma");
      }
    }
    return keys.stream().distinct().toList();
  }

  /** What one home has, or why that is missing. */
  private record Part(NodeName home, Sums sums, String missing) {}

  private CompletableFuture<Part> part(
      MembershipView.Node member, ApiRequest request, HomeQuery query, List<String> keys) {
    NodeName home = member.name();
    if (everywhere.isSelf(home)) {
      return all(after -> reader.sums(JobQueries.page(query, 1, after), keys), null, new Sums())
          .thenApply(sums -> new Part(home, sums, null));
    }
    if (!member.reachable()) {
      return CompletableFuture.completedFuture(new Part(home, new Sums(), everywhere.note(member)));
    }
    ApiRequest local = request.with("scope", "local");
    return all(
            after -> remote(home, after == null ? local : local.with("after", after)),
            null,
            new Sums())
        .thenApply(sums -> new Part(home, sums, null))
        .exceptionally(failure -> new Part(home, new Sums(), missing(home, failure)));
  }

  private static String missing(NodeName home, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof TooMany tooMany) {
      throw tooMany;
    }
    return cause instanceof ApiException said ? said.getMessage() : home + " does not answer";
  }

  private CompletableFuture<Page<SumView>> remote(NodeName home, ApiRequest request) {
    return federation
        .call(home, request, Duration.ZERO)
        .thenApply(
            answer -> {
              if (answer.status() != 200) {
                throw ApiException.away(home + " can't sum what has ended there", null);
              }
              try {
                return Json.MAPPER.readValue(answer.body(), PAGE);
              } catch (IOException e) {
                throw new IllegalStateException("another node sent sums that can't be read", e);
              }
            });
  }

  private static CompletableFuture<Sums> all(
      Function<String, CompletableFuture<Page<SumView>>> from, String after, Sums sums) {
    return from.apply(after)
        .thenCompose(
            page -> {
              page.items().forEach(sums::add);
              return page.next() == null
                  ? CompletableFuture.completedFuture(sums)
                  : all(from, page.next(), sums);
            });
  }

  private static Page<SumView> merge(List<Part> parts) {
    Sums all = new Sums();
    List<String> incomplete = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (Part part : parts) {
      if (part.missing() == null) {
        part.sums().byKeys.values().forEach(all::add);
      } else {
        incomplete.add(part.home().value());
        notes.add(part.missing());
      }
    }
    return new Page<>(List.copyOf(all.byKeys.values()), null, incomplete, notes);
  }

  private static final class TooMany extends ApiException {
    TooMany() {
      super(
          422,
          "too_many",
          "there are more than " + SUMS_MOST + " different sums",
          "sum by less, or narrow it by since, until, user or state");
    }
  }

  /** Sums by their keys. */
  private static final class Sums {
    private final Map<SortedMap<String, String>, SumView> byKeys = new HashMap<>();

    void add(SumView sum) {
      byKeys.merge(sum.keys(), sum, SumView::plus);
      if (byKeys.size() > SUMS_MOST) {
        throw new TooMany();
      }
    }
  }
}
