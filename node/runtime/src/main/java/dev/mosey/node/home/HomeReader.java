package dev.mosey.node.home;

import dev.mosey.node.store.OutputStore;
import dev.mosey.policy.books.WhyWaiting;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.ArraySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/**
 * Reads what this node's home knows, live and ended alike: the books for what goes on, the history
 * for what is over, the output store for what was written. Safe for use by several threads.
 */
public final class HomeReader {
  private static final String LIVE = "l";
  private static final String ENDED = "h";

  private final ActorRef<Home.Command> home;
  private final Scheduler scheduler;
  private final Duration patience;
  private final History history;
  private final OutputStore output;
  private final Executor blocking;

  /**
   * A reader.
   *
   * @param patience how long the home may take for an answer
   * @param blocking where the disk is read
   */
  public HomeReader(
      ActorRef<Home.Command> home,
      Scheduler scheduler,
      Duration patience,
      History history,
      OutputStore output,
      Executor blocking) {
    this.home = home;
    this.scheduler = scheduler;
    this.patience = patience;
    this.history = history;
    this.output = output;
    this.blocking = blocking;
  }

  /** Asks the books; see {@link Home.Read}. */
  public <T> CompletableFuture<T> read(Function<HomeView, T> question) {
    return AskPattern.<Home.Command, T>ask(
            home, replyTo -> new Home.Read<>(question, replyTo), patience, scheduler)
        .toCompletableFuture();
  }

  /**
   * A job or one of its tasks, wherever it is kept.
   *
   * @param element array index, or {@link ProcessId#SINGLE} for the job as a whole
   */
  public CompletableFuture<Optional<JobView>> find(JobId job, int element) {
    return read(view -> new Found(find(view, job, element), find(view, job, ProcessId.SINGLE)))
        .thenApplyAsync(found -> complete(job, element, found), blocking);
  }

  private record Found(Optional<JobView> task, Optional<JobView> job) {}

  private static Optional<JobView> find(HomeView view, JobId job, int element) {
    return view.find(job.number(), element);
  }

  private Optional<JobView> complete(JobId job, int element, Found found) {
    if (found.task.isPresent() && !History.stateOf(found.task.get()).isEnd()) {
      return found.task;
    }
    // The history follows with a small delay: until then what the books know has to do.
    return history
        .find(new ProcessId(job.home(), job.number(), element), id -> found.job)
        .or(() -> found.task);
  }

  /** The indices of a job's tasks; empty for a job of one task, or none at all. */
  public CompletableFuture<Optional<ArraySpec>> array(JobId job) {
    return find(job, ProcessId.SINGLE)
        .thenApply(found -> found.map(JobView::array).map(ArraySpec::parse));
  }

  /**
   * A page: what has not ended, and after it, if wanted, what has.
   *
   * @return fails with an IllegalArgumentException when the place to begin is from nowhere
   */
  public CompletableFuture<Page<JobView>> list(HomeQuery query) {
    String place = query.after();
    if (place != null && place.startsWith(ENDED)) {
      return ended(query, List.of(), place.substring(ENDED.length()));
    }
    String from = place == null ? null : place.substring(LIVE.length());
    boolean liveWanted =
        query.states().isEmpty() || query.states().stream().anyMatch(state -> !state.isEnd());
    if (query.ended() && (!liveWanted || query.until() != null)) {
      return ended(query, List.of(), "");
    }
    return read(view -> view.list(query.from(from, query.limit())))
        .thenCompose(
            page -> {
              if (page.next() != null) {
                return CompletableFuture.completedFuture(
                    new Page<>(page.items(), LIVE + page.next(), null, null));
              }
              return query.ended() && page.items().size() < query.limit()
                  ? ended(query, page.items(), "")
                  : CompletableFuture.completedFuture(
                      new Page<>(page.items(), query.ended() ? ENDED : null, null, null));
            });
  }

  private CompletableFuture<Page<JobView>> ended(
      HomeQuery query, List<JobView> before, String place) {
    return read(HomeReader::liveArrays)
        .thenApplyAsync(
            live -> {
              History.Part part =
                  history.list(
                      query,
                      place.isEmpty() ? null : place,
                      query.limit() - before.size(),
                      id -> Optional.ofNullable(live.get(id)));
              List<JobView> items = new ArrayList<>(before);
              items.addAll(part.views());
              return new Page<>(
                  items, part.next().map(next -> ENDED + next).orElse(null), null, null);
            },
            blocking);
  }

  /** Arrays of which some tasks are over, so that those tasks are in the history already. */
  private static Map<JobId, JobView> liveArrays(HomeView view) {
    Map<JobId, JobView> live = new HashMap<>();
    view.partlyEnded().forEach(job -> live.put(JobId.parse(job.id()), job));
    return live;
  }

  /** Why a task waits, or where it is; empty when it is not in the books. */
  public CompletableFuture<Optional<WhyView>> why(JobId job, int element) {
    return read(
        view ->
            view.find(job.number(), element)
                .map(
                    found ->
                        why(
                            found,
                            view.why(job.number(), element),
                            view.recoverySeconds(job.number(), element))));
  }

  private static WhyView why(
      JobView found, Optional<WhyWaiting> waiting, Optional<Double> recoverySeconds) {
    Map<String, Double> figures = new HashMap<>();
    waiting.ifPresent(why -> figures.put("ahead", (double) why.ahead()));
    List<WhyView.Candidate> refused =
        waiting.stream()
            .flatMap(why -> why.refused().entrySet().stream())
            .map(entry -> new WhyView.Candidate(entry.getKey().value(), false, entry.getValue()))
            .toList();
    String summary =
        waiting
            .map(Reasons::word)
            .orElseGet(
                () ->
                    found.state()
                        + (found.host() == null ? "" : " on " + found.host())
                        + (found.reason() == null ? "" : ": " + found.reason()));
    return new WhyView(
        found.id(),
        found.state(),
        summary,
        waiting.map(why -> why.reason().name().toLowerCase(Locale.ROOT)).orElse(found.state()),
        refused,
        found.moves(),
        recoverySeconds.orElse(null),
        figures);
  }

  /**
   * A part of a stream's kept output.
   *
   * @param stream 1 or 2
   * @param attempt incarnation whose log is wanted, cut parts included; 0 = what counts now
   */
  public CompletableFuture<OutputStore.Chunk> output(
      ProcessId process, int stream, long offset, int max, int attempt) {
    return CompletableFuture.supplyAsync(
        () ->
            attempt == 0
                ? output.read(process, stream, offset, max)
                : output.readAttempt(process, attempt, stream, offset, max),
        blocking);
  }
}
