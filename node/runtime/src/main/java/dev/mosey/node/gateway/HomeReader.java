package dev.mosey.node.gateway;

import dev.mosey.node.home.History;
import dev.mosey.node.home.HistoryRow;
import dev.mosey.node.home.Home;
import dev.mosey.node.home.HomeQuery;
import dev.mosey.node.home.HomeView;
import dev.mosey.node.load.LoadMonitor;
import dev.mosey.node.schedule.Scheduler;
import dev.mosey.node.store.OutputStore;
import dev.mosey.policy.books.WhyWaiting;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.protocol.load.LoadReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/**
 * Reads this node's home: what lives from its books, what has ended from its history, what was
 * written from its output.
 */
final class HomeReader implements JobReader {
  private static final String HISTORY_PLACE = "h:";

  private final ActorSystem<?> system;
  private final Gateway.Actors actors;
  private final History history;
  private final OutputStore output;
  private final Duration timeout;
  private final Executor blocking;

  HomeReader(
      ActorSystem<?> system,
      Gateway.Actors actors,
      History history,
      OutputStore output,
      Duration timeout,
      Executor blocking) {
    this.system = system;
    this.actors = actors;
    this.history = history;
    this.output = output;
    this.timeout = timeout;
    this.blocking = blocking;
  }

  private <T> CompletableFuture<T> read(Function<HomeView, T> question) {
    return AskPattern.<Home.Command, T>ask(
            actors.home(),
            replyTo -> new Home.Read<>(question, replyTo),
            timeout,
            system.scheduler())
        .toCompletableFuture();
  }

  @Override
  public CompletableFuture<Optional<JobView>> find(JobId job, int element) {
    record Live(Optional<JobView> wanted, Optional<JobView> whole) {}
    return read(view ->
            new Live(view.find(job.number(), element), view.find(job.number(), ProcessId.SINGLE)))
        .thenApplyAsync(
            live ->
                live.wanted().isPresent() && !state(live.wanted().get()).isEnd()
                    ? live.wanted()
                    : history.find(job.process(element), id -> live.whole()).or(live::wanted),
            blocking);
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
    return read(view -> view.list(query))
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
    return read(view -> new Live(arrays(view), view.unprojected()))
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

  private static Map<JobId, JobView> arrays(HomeView view) {
    Map<JobId, JobView> arrays = new TreeMap<>();
    view.partlyEnded().forEach(job -> arrays.put(JobId.parse(job.id()), job));
    return arrays;
  }

  @Override
  public CompletableFuture<Optional<OutputPart>> output(
      JobId job, int element, int stream, long offset, int max, int attempt) {
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
              OutputStore.Chunk chunk =
                  attempt == 0
                      ? output.read(process, stream, offset, max)
                      : output.readAttempt(process, attempt, stream, offset, max);
              int incarnation = output.state(process, stream).incarnation();
              return Optional.of(
                  new OutputPart(
                      chunk.from(),
                      chunk.size(),
                      found.get().state(),
                      chunk.truncated(),
                      incarnation,
                      chunk.bytes()));
            },
            blocking);
  }

  @Override
  public CompletableFuture<Optional<WhyView>> why(JobId job, int element) {
    record Known(Optional<WhyWaiting> waiting, Optional<HomeView.Loss> loss) {}
    return find(job, element)
        .thenCompose(
            found -> {
              if (found.isEmpty()) {
                return CompletableFuture.completedFuture(Optional.empty());
              }
              return read(view ->
                      new Known(view.why(job.number(), element), view.loss(job.number(), element)))
                  .thenCombine(
                      reports(),
                      (known, reports) ->
                          Optional.of(Why.of(found.get(), known.waiting(), known.loss(), reports)))
                  .thenCompose(why -> withStayReason(why, found.get()));
            });
  }

  private CompletableFuture<Optional<WhyView>> withStayReason(Optional<WhyView> why, JobView job) {
    if (!"running".equals(job.state()) || !job.home().equals(job.host())) {
      return CompletableFuture.completedFuture(why);
    }
    return AskPattern.<Scheduler.Command, Optional<String>>ask(
            actors.scheduler(),
            replyTo ->
                new Scheduler.Read<>(
                    view ->
                        view.stay(ProcessId.parse(job.id())).map(stay -> stay.reason().sentence()),
                    replyTo),
            timeout,
            system.scheduler())
        .toCompletableFuture()
        .thenApply(stays -> why.map(view -> Why.stays(view, stays)));
  }

  private CompletableFuture<List<LoadReport>> reports() {
    return AskPattern.<LoadMonitor.Command, List<LoadReport>>ask(
            actors.loads(),
            replyTo -> new LoadMonitor.Read<>(view -> List.copyOf(view.reports()), replyTo),
            timeout,
            system.scheduler())
        .toCompletableFuture();
  }

  @Override
  public CompletableFuture<WhyView> why() {
    return read(view ->
            Map.of(
                "waiting",
                (double) view.waiting(),
                "startable",
                (double) view.queue().heads().size()))
        .thenCombine(reports(), Why::queue);
  }
}
