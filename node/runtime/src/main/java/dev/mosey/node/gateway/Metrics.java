package dev.mosey.node.gateway;

import dev.mosey.node.cluster.MembershipView;
import dev.mosey.node.home.Home;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What {@code /metrics} says: each actor's own figures, as of now; those of an actor that does not
 * answer in time are left out.
 */
final class Metrics {
  /** A scraper waits no longer than some seconds, and rather has a part than nothing. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Asking asking;
  private final Gateway.Parts parts;
  private final Api api;
  private final Health health;
  private final Supplier<CompletableFuture<Home.Condition>> books;
  private final Supplier<Map<String, Double>> more;

  /** {@code more} are figures that are at hand. */
  Metrics(
      Asking asking,
      Gateway.Parts parts,
      Api api,
      Health health,
      Supplier<CompletableFuture<Home.Condition>> books,
      Supplier<Map<String, Double>> more) {
    this.asking = asking.timeout().compareTo(PATIENCE) < 0 ? asking : asking.within(PATIENCE);
    this.parts = parts;
    this.api = api;
    this.health = health;
    this.books = books;
    this.more = more;
  }

  /** The whole text. */
  CompletableFuture<String> text() {
    Map<String, Double> values = new TreeMap<>();
    values.put("mosey_up", 1.0);
    MembershipView cluster = parts.cluster().get();
    values.put("mosey_members", (double) cluster.members().size());
    values.put("mosey_members_unreachable", (double) cluster.unreachable().size());
    api.counts()
        .forEach(
            (entry, count) ->
                values.put(
                    PrometheusText.with("mosey_requests_total", "entry", entry), (double) count));
    values.putAll(more.get());
    CompletableFuture<Map<String, Double>> loads = asking.loads(view -> Map.copyOf(view.metrics()));
    CompletableFuture<Map<String, Double>> scheduler =
        asking.scheduler(view -> Map.copyOf(view.metrics()));
    CompletableFuture<Map<String, Double>> home = asking.home(view -> Map.copyOf(view.metrics()));
    return orNothing(loads)
        .thenCombine(orNothing(scheduler), Metrics::together)
        .thenCombine(orNothing(home), Metrics::together)
        .thenCombine(orNothing(condition()), Metrics::together)
        .thenApply(figures -> PrometheusText.render(together(values, figures)));
  }

  private CompletableFuture<Map<String, Double>> condition() {
    return books
        .get()
        .thenApply(
            condition ->
                Map.of(
                    "mosey_books_open",
                    condition.open() ? 1.0 : 0.0,
                    "mosey_home_pending_requests",
                    (double) condition.pending()))
        .exceptionally(silent -> Map.of("mosey_books_open", 0.0))
        .thenCombine(
            health.ready(),
            (figures, ready) ->
                together(figures, Map.of("mosey_ready", ready.status() == 200 ? 1.0 : 0.0)));
  }

  private static CompletableFuture<Map<String, Double>> orNothing(
      CompletableFuture<Map<String, Double>> figures) {
    return figures.exceptionally(silent -> Map.of());
  }

  private static Map<String, Double> together(Map<String, Double> some, Map<String, Double> more) {
    Map<String, Double> all = new TreeMap<>(some);
    all.putAll(more);
    return all;
  }
}
