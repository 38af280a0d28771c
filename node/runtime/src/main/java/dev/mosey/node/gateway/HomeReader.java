package dev.mosey.node.gateway;

import dev.mosey.node.home.History;
import dev.mosey.node.home.HistoryRow;
import dev.mosey.node.home.HistorySums;
import dev.mosey.node.home.HomeQuery;
import dev.mosey.node.home.HomeView;
import dev.mosey.node.store.OutputStore;
import dev.mosey.policy.books.WhyWaiting;
import dev.mosey.policy.books.WhyWaiting.Reason;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.api.SumView;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.api.WhyView.Candidate;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.protocol.job.JobSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Reads this node's home: what lives from its books, what has ended from its history, what was
 * written from its output.
 */
final class HomeReader implements JobReader {
  private static final String HISTORY_PLACE = "h:";

  private final Asking asking;
  private final History history;
  private final OutputStore output;
  private final Executor blocking;

  HomeReader(Asking asking, History history, OutputStore output, Executor blocking) {
    this.asking = asking;
    this.history = history;
    this.output = output;
    this.blocking = blocking;
  }

  @Override
  public CompletableFuture<Optional<JobView>> find(JobId job, int element) {
    record Live(Optional<JobView> wanted, Optional<JobView> whole) {}
    return asking
        .home(
            view ->
                new Live(
                    view.find(job.number(), element), view.find(job.number(), ProcessId.SINGLE)))
        .thenApplyAsync(
            live ->
                live.wanted().isPresent() && !state(live.wanted().get()).isEnd()
                    ? live.wanted()
                    : history.find(job.process(element), id -> live.whole()).or(live::wanted),
            blocking);
  }

  @Override
  public CompletableFuture<Boolean> copies(JobId job, int element) {
    return asking.home(view -> view.copies(job.number(), element));
  }

  @Override
  public CompletableFuture<Optional<JobView>> newest() {
    return asking
        .home(HomeView::newest)
        .thenCompose(
            job ->
                job.isEmpty()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : find(job.get(), ProcessId.SINGLE));
  }

  private static State state(JobView job) {
    return State.valueOf(job.state().toUpperCase(Locale.ROOT));
  }

  @Override
  public CompletableFuture<Optional<ArraySpec>> array(JobId job) {
    return find(job, ProcessId.SINGLE)
        .thenApply(found -> found.map(JobView::array).map(ArraySpec::parse));
  }

  @Override
  public CompletableFuture<Page<JobView>> list(HomeQuery query, boolean historyOnly) {
    String after = query.after();
    if (historyOnly || (after != null && after.startsWith(HISTORY_PLACE))) {
      String place =
          after == null || !after.startsWith(HISTORY_PLACE)
              ? null
              : after.substring(HISTORY_PLACE.length());
      return ended(query, place == null || place.isEmpty() ? null : place, query.limit());
    }
    query.checkPlace();
    return asking
        .home(view -> view.list(query))
        .thenCompose(
            live -> {
              int room = query.limit() - live.items().size();
              if (!query.ended() || live.next() != null) {
                return CompletableFuture.completedFuture(live);
              }
              if (room <= 0) {
                return CompletableFuture.completedFuture(
                    new Page<>(live.items(), HISTORY_PLACE, null, null));
              }
              return ended(query, null, room).thenApply(more -> together(live.items(), more));
            });
  }

  private static Page<JobView> together(List<JobView> live, Page<JobView> ended) {
    // What ended between the two looks is in both.
    Map<String, JobView> items = new LinkedHashMap<>();
    live.forEach(job -> items.put(job.id(), job));
    ended.items().forEach(job -> items.put(job.id(), job));
    return new Page<>(List.copyOf(items.values()), ended.next(), null, null);
  }

  /** Rows of the history; the arrays that still live are asked for once, before. */
  private CompletableFuture<Page<JobView>> ended(HomeQuery query, String place, int limit) {
    record Live(Map<JobId, JobView> arrays, List<HistoryRow> unwritten) {}
    return asking
        .home(view -> new Live(arrays(view), view.unprojected()))
        .thenApplyAsync(
            live -> {
              Function<JobId, Optional<JobView>> arrays =
                  id -> Optional.ofNullable(live.arrays.get(id));
              History.Part part = history.list(query, live.unwritten, place, limit, arrays);
              return new Page<>(
                  part.views(),
                  part.next().map(next -> HISTORY_PLACE + next).orElse(null),
                  null,
                  null);
            },
            blocking);
  }

  @Override
  public CompletableFuture<Page<SumView>> sums(HomeQuery query, List<String> keys) {
    long after = query.after() == null ? 0 : number(query.after());
    return asking
        .home(HomeView::unprojected)
        .thenApplyAsync(
            unwritten -> {
              HistorySums.Part part = history.sums(query, keys, unwritten, after);
              String next = part.next().map(job -> Long.toString(job)).orElse(null);
              return new Page<>(part.sums(), next, null, null);
            },
            blocking);
  }

  private static long number(String after) {
    try {
      return Long.parseUnsignedLong(after);
    } catch (NumberFormatException malformed) {
      throw new IllegalArgumentException("'" + after + "' is no place in the history", malformed);
    }
  }

  private static Map<JobId, JobView> arrays(HomeView view) {
    Map<JobId, JobView> arrays = new TreeMap<>();
    view.partlyEnded().forEach(job -> arrays.put(JobId.parse(job.id()), job));
    return arrays;
  }

  @Override
  public CompletableFuture<Optional<OutputPart>> output(JobId job, int element, OutputQuery query) {
    ProcessId process = job.process(element);
    return find(job, element)
        .thenApplyAsync(
            found -> {
              if (found.isEmpty()) {
                return Optional.empty();
              }
              if (element == ProcessId.SINGLE && found.get().array() != null) {
                throw ApiException.badRequest(
                    job + " is an array: each of its tasks has an output of its own",
                    "ask for one, like "
                        + job
                        + "."
                        + ArraySpec.parse(found.get().array()).first());
              }
              int attempt = query.attempt() == 0 ? Integer.MAX_VALUE : query.attempt();
              OutputStore.Chunk chunk =
                  output.follow(
                      process, attempt, query.stream(), query.offset(), query.seen(), query.max());
              checkAttempt(found.get(), query.attempt(), chunk.incarnation());
              return Optional.of(
                  new OutputPart(
                      chunk.from(),
                      chunk.size(),
                      found.get().state(),
                      chunk.truncated(),
                      chunk.incarnation(),
                      chunk.bytes()));
            },
            blocking);
  }

  private static void checkAttempt(JobView job, int attempt, int written) {
    int last = Math.max(written, job.incarnation() == null ? 0 : job.incarnation());
    if (attempt > last) {
      throw ApiException.notFound(
          job.id() + " has no attempt " + attempt,
          last == 0 ? "it has not been started yet" : "its last is " + last);
    }
  }

  @Override
  public CompletableFuture<Optional<WhyView>> why(JobId job, int element, Optional<NodeName> node) {
    return find(job, element)
        .thenCompose(
            found ->
                found.isEmpty()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : why(found.get(), job, element, node).thenApply(Optional::of));
  }

  private CompletableFuture<WhyView> why(
      JobView view, JobId job, int element, Optional<NodeName> node) {
    record Known(
        Optional<WhyWaiting> waiting, Optional<HomeView.Loss> loss, Optional<JobSpec> spec) {}
    return asking
        .home(
            home ->
                new Known(
                    home.why(job.number(), element),
                    home.loss(job.number(), element),
                    home.spec(job.number())))
        .thenCompose(
            known ->
                candidates(known.waiting(), known.spec(), node)
                    .thenApply(nodes -> Why.of(view, known.waiting(), known.loss(), nodes, node)));
  }

  /** Where it could run: asked only of what waits for room, or of a node that was named. */
  private CompletableFuture<List<Candidate>> candidates(
      Optional<WhyWaiting> waiting, Optional<JobSpec> spec, Optional<NodeName> node) {
    boolean queued = waiting.map(WhyWaiting::reason).filter(Reason.QUEUED::equals).isPresent();
    if (spec.isEmpty() || (!queued && node.isEmpty())) {
      return CompletableFuture.completedFuture(List.of());
    }
    Map<NodeName, String> refused = waiting.map(WhyWaiting::refused).orElse(Map.of());
    return asking.scheduler(view -> view.candidates(spec.get(), refused));
  }

  @Override
  public CompletableFuture<WhyView> why(Optional<NodeName> node) {
    return asking
        .home(
            view ->
                Map.of(
                    "waiting",
                    (double) view.waiting(),
                    "startable",
                    (double) view.queue().heads().size()))
        .thenCombine(
            asking.loads(view -> List.copyOf(view.reports())),
            (figures, loads) -> Why.queue(figures, loads, node));
  }
}
