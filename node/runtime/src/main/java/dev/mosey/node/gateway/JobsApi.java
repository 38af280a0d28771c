package dev.mosey.node.gateway;

import dev.mosey.node.home.Home;
import dev.mosey.node.home.HomeQuery;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Everything about jobs: lists, one job, the verbs of the queue, waiting, output, why. A request
 * about a job of another home is passed on to it.
 */
final class JobsApi {
  private static final Duration WAIT_MAX = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int SIGNAL_MAX = 64;
  private static final int OUTPUT_MAX = 32 * 1024;

  /** What a list of jobs can be asked for. */
  private static final String[] LIST = {
    "ids",
    "state",
    "user",
    "home",
    "elements",
    "ended",
    "order",
    "since",
    "until",
    "limit",
    "after",
    "scope",
    "history",
    "all"
  };

  private final Asking asking;
  private final Polling polling;
  private final JobReader reader;
  private final Everywhere everywhere;
  private final SumsApi sums;
  private final WhyMoved whyMoved;

  JobsApi(Asking asking, JobReader reader, Everywhere everywhere, SumsApi sums) {
    this.sums = sums;
    this.asking = asking;
    this.polling = new Polling(asking.system(), POLL);
    this.reader = reader;
    this.everywhere = everywhere;
    this.whyMoved = new WhyMoved(asking, everywhere);
  }

  /** Adds the entries of the table. */
  void register(Api api) {
    whyMoved.register(api);
    api.on("GET", "jobs", (request, none) -> list(request).thenApply(ApiResponse::ok), LIST)
        .on(
            "GET",
            "history",
            (request, none) -> history(request),
            Stream.concat(Stream.of("sum"), Stream.of(LIST)).toArray(String[]::new))
        .on(
            "GET",
            "processes",
            this::processes,
            Stream.concat(Stream.of("node"), Stream.of(LIST)).toArray(String[]::new))
        .on(
            "GET",
            "why",
            (request, none) -> reader.why(node(request)).thenApply(ApiResponse::ok),
            "node")
        .on("GET", "jobs/last", (request, none) -> newest())
        .on("GET", "jobs/*", about((request, id) -> show(id)))
        .on("DELETE", "jobs/*", about((request, id) -> cancel(request, id)))
        .on("POST", "jobs/*/cancel", about(this::cancel))
        .on(
            "POST",
            "jobs/*/hold",
            about((r, id) -> ask(id, new BooksCommand.Hold(id.job().number()))))
        .on(
            "POST",
            "jobs/*/release",
            about((r, id) -> ask(id, new BooksCommand.Release(id.job().number()))))
        .on(
            "POST",
            "jobs/*/run",
            about((r, id) -> ask(id, new BooksCommand.RunNow(id.job().number()))))
        .on(
            "POST",
            "jobs/*/advance",
            about((r, id) -> ask(id, new BooksCommand.Advance(id.job().number()))))
        .on(
            "POST",
            "jobs/*/retard",
            about((r, id) -> ask(id, new BooksCommand.Retard(id.job().number()))))
        .on("POST", "jobs/*/priority", about(this::prioritise))
        .on("POST", "jobs/*/retry", about(this::retry))
        .on("POST", "jobs/*/signal", about(this::signal))
        .on("GET", "jobs/*/wait", about(this::await), "timeout")
        .on("GET", "jobs/*/why", about(this::why), "node")
        .on(
            "GET",
            "jobs/*/output",
            about(this::output),
            "stream",
            "offset",
            "seen",
            "limit",
            "attempt",
            "wait");
  }

  private Api.Handler about(
      BiFunction<ApiRequest, Selection, CompletableFuture<ApiResponse>> local) {
    return (request, captures) -> {
      Selection id = Selection.parse(captures.getFirst());
      NodeName owner = id.job().home();
      return everywhere.isSelf(owner)
          ? local.apply(request, id)
          : everywhere.pass(owner, request, patience(request));
    };
  }

  private static Duration patience(ApiRequest request) {
    return Duration.ofSeconds(Math.max(seconds(request, "timeout"), seconds(request, "wait")));
  }

  private static long seconds(ApiRequest request, String name) {
    return request.number(name, 0, 0, WAIT_MAX.toSeconds());
  }

  private CompletableFuture<ApiResponse> processes(ApiRequest request, List<String> none) {
    Optional<NodeName> node = node(request);
    return list(request.with("state", "starting,running,moving,frozen").with("elements", "true"))
        .thenApply(page -> ApiResponse.ok(node.isEmpty() ? page : on(node.get(), page)));
  }

  private static Page<JobView> on(NodeName node, Page<JobView> page) {
    return new Page<>(
        page.items().stream().filter(job -> node.value().equals(job.host())).toList(),
        page.next(),
        page.incomplete(),
        page.notes());
  }

  private CompletableFuture<ApiResponse> history(ApiRequest request) {
    if (request.text("sum").isPresent()) {
      return sums.sums(request, JobQueries.of(request)).thenApply(ApiResponse::ok);
    }
    return list(request.with("ended", "true").with("order", "newest").with("history", "true"))
        .thenApply(ApiResponse::ok);
  }

  private CompletableFuture<Page<JobView>> list(ApiRequest request) {
    if (request.text("ids").isPresent()) {
      return everywhere.each(List.of(request.text("ids").get().split(",")), this::one);
    }
    HomeQuery query = JobQueries.of(request);
    boolean historyOnly = request.flag("history");
    if (JobQueries.oneOf(request, "scope", "cluster", "local").equals("local")) {
      return reader.list(query, historyOnly);
    }
    return everywhere.list(request, query, reader);
  }

  private CompletableFuture<Optional<JobView>> one(String text) {
    Selection id = Selection.parse(text);
    if (everywhere.isSelf(id.job().home())) {
      return reader.find(id.job(), id.first());
    }
    ApiRequest request = ApiRequest.parse("GET", "/jobs/" + text, "", null, null);
    return everywhere
        .pass(id.job().home(), request, Duration.ZERO)
        .thenApply(
            answer ->
                answer.status() == 200
                    ? Optional.of(Json.parse(answer.body(), JobView.class))
                    : Optional.empty());
  }

  /** The newest job of this home, in whatever state. */
  private CompletableFuture<ApiResponse> newest() {
    return reader
        .newest()
        .thenApply(
            found ->
                ApiResponse.ok(
                    found.orElseThrow(
                        () ->
                            ApiException.notFound(
                                "there is no last job: none was submitted here yet",
                                "mosq listall shows those of all homes"))));
  }

  private CompletableFuture<ApiResponse> show(Selection id) {
    return job(id).thenApply(ApiResponse::ok);
  }

  private CompletableFuture<JobView> job(Selection id) {
    return reader
        .find(id.job(), id.first())
        .thenApply(found -> found.orElseThrow(() -> unknown(id)));
  }

  private static ApiException unknown(Selection id) {
    String text = id.isWholeJob() ? id.job().toString() : id.process().toString();
    return ApiException.notFound(
        "there is no " + text, "mosq list shows what there is, mosq history what there was");
  }

  private CompletableFuture<ApiResponse> cancel(ApiRequest request, Selection id) {
    boolean waitingOnly =
        request.body().length > 0
            && Boolean.TRUE.equals(Body.of(request, Body.Cancel.class).waitingOnly());
    return positions(id)
        .thenCompose(
            runs ->
                ask(
                    id,
                    new BooksCommand.Cancel(
                        id.job().number(), runs.orElse(null), request.user(), waitingOnly)));
  }

  private CompletableFuture<ApiResponse> prioritise(ApiRequest request, Selection id) {
    int priority =
        given(Body.of(request, Body.Priority.class).priority(), "priority", 0, 1_000_000);
    return ask(id, new BooksCommand.Prioritise(id.job().number(), priority));
  }

  private static int given(Integer value, String name, int least, int most) {
    String like = "send an object, like {\"" + name + "\": 15}";
    if (value == null) {
      throw ApiException.badRequest("no " + name + " was given", like);
    }
    if (value < least || value > most) {
      throw ApiException.badRequest(
          name + " must be from " + least + " to " + most + ", was " + value, like);
    }
    return value;
  }

  private CompletableFuture<ApiResponse> retry(ApiRequest request, Selection id) {
    boolean failedOnly =
        request.body().length > 0
            && Boolean.TRUE.equals(Body.of(request, Body.Retry.class).failedOnly());
    return positions(id)
        .thenCompose(
            runs ->
                ask(id, new BooksCommand.Retry(id.job().number(), runs.orElse(null), failedOnly)));
  }

  private CompletableFuture<ApiResponse> signal(ApiRequest request, Selection id) {
    int signal = given(Body.of(request, Body.Signal.class).signal(), "signal", 1, SIGNAL_MAX);
    String unique = request.key() == null ? java.util.UUID.randomUUID().toString() : request.key();
    return positions(id)
        .thenCompose(
            runs ->
                ask(
                    id,
                    new BooksCommand.Signal(id.job().number(), runs.orElse(null), signal, unique)));
  }

  private CompletableFuture<Optional<List<Run>>> positions(Selection id) {
    return reader
        .array(id.job())
        .thenApply(array -> Optional.ofNullable(id.positions(array.orElse(null))));
  }

  private CompletableFuture<ApiResponse> ask(Selection id, BooksCommand command) {
    return askHome(command).thenCompose(reply -> answer(id, reply));
  }

  /** What the home answers to a command, after its sync. */
  CompletableFuture<BooksReply> askHome(BooksCommand command) {
    return asking.ask(asking.actors().home(), replyTo -> new Home.Ask(command, replyTo));
  }

  private CompletableFuture<ApiResponse> answer(Selection id, BooksReply reply) {
    return switch (reply) {
      case BooksReply.Refused refused -> throw refusal(refused);
      case BooksReply.Done done ->
          reader
              .find(id.job(), id.first())
              .thenApply(
                  job ->
                      ApiResponse.ok(
                          job.<Object>map(j -> j).orElse(Map.of("id", id.job().toString()))));
      case BooksReply.Accepted accepted ->
          CompletableFuture.completedFuture(
              ApiResponse.created(Map.of("id", accepted.id().toString())));
      case BooksReply.Placed placed ->
          CompletableFuture.completedFuture(
              ApiResponse.ok(Map.of("placed", placed.taken().size())));
    };
  }

  /** The books' refusal as an answer of the interface. */
  static ApiException refusal(BooksReply.Refused refused) {
    int status =
        switch (refused.code()) {
          case "not-found" -> 404;
          case "bad-request" -> 400;
          case "ended", "not-running", "not-frozen" -> 409;
          case "too-large" -> 413;
          case "not-open", "closing", "busy", "too-many" -> 503;
          default -> 422;
        };
    return new ApiException(
        status, refused.code().replace('-', '_'), refused.message(), refused.hint());
  }

  private CompletableFuture<ApiResponse> await(ApiRequest request, Selection id) {
    long deadline =
        System.nanoTime()
            + Duration.ofSeconds(request.number("timeout", 30, 0, WAIT_MAX.toSeconds())).toNanos();
    return polling
        .until(() -> seen(id), Seen::over, deadline)
        .thenApply(seen -> ApiResponse.ok(seen.job()));
  }

  /** A job, and whether it is over: ended, and its output where its user wants it. */
  private record Seen(JobView job, boolean over) {}

  private CompletableFuture<Seen> seen(Selection id) {
    return job(id)
        .thenCompose(
            job ->
                hasEnded(job.state())
                    ? reader.copies(id.job(), id.first()).thenCompose(copies -> seen(id, !copies))
                    : CompletableFuture.completedFuture(new Seen(job, false)));
  }

  /** Looks again: what came of the copies is known only now. */
  private CompletableFuture<Seen> seen(Selection id, boolean over) {
    return job(id).thenApply(job -> new Seen(job, over));
  }

  private static boolean hasEnded(String state) {
    return JobView.State.valueOf(state.toUpperCase(java.util.Locale.ROOT)).isEnd();
  }

  private Optional<NodeName> node(ApiRequest request) {
    return request.text("node").map(name -> everywhere.node(NodeName.of(name)).name());
  }

  private CompletableFuture<ApiResponse> why(ApiRequest request, Selection id) {
    return reader
        .why(id.job(), id.first(), node(request))
        .thenCombine(
            reader.find(id.job(), id.first()),
            (why, job) ->
                whyMoved.complete(
                    why.orElseThrow(() -> unknown(id)), job.orElseThrow(() -> unknown(id))))
        .thenCompose(answer -> answer)
        .thenApply(ApiResponse::ok);
  }

  private CompletableFuture<ApiResponse> output(ApiRequest request, Selection id) {
    int stream =
        switch (request.text("stream").orElse("stdout")) {
          case "stdout", "1" -> 1;
          case "stderr", "2" -> 2;
          default ->
              throw ApiException.badRequest(
                  "'" + request.query().get("stream") + "' is not a stream",
                  "use stdout or stderr");
        };
    long offset = request.number("offset", 0, 0, Long.MAX_VALUE);
    int seen = (int) request.number("seen", Integer.MAX_VALUE, 0, Integer.MAX_VALUE);
    int max = (int) Math.min(OUTPUT_MAX, request.number("limit", OUTPUT_MAX, 1, Integer.MAX_VALUE));
    int attempt = (int) request.number("attempt", 0, 0, Integer.MAX_VALUE);
    OutputQuery query = new OutputQuery(stream, offset, seen, max, attempt);
    long deadline = System.nanoTime() + Duration.ofSeconds(seconds(request, "wait")).toNanos();
    return polling
        .until(
            () -> reader.output(id.job(), id.first(), query),
            part -> part.isEmpty() || query.isNews(part.get(), hasEnded(part.get().state())),
            deadline)
        .thenApply(part -> ApiResponse.ok(part.orElseThrow(() -> unknown(id))));
  }

  /** Bodies of the verbs. */
  static final class Body {
    private Body() {}

    record Cancel(Boolean waitingOnly) {}

    record Priority(Integer priority) {}

    record Retry(Boolean failedOnly) {}

    record Signal(Integer signal) {}

    static <T> T of(ApiRequest request, Class<T> type) {
      return request.json(type);
    }
  }

  /** A page of another home, as its gateway sent it. */
  static final class JobPage {
    private JobPage() {}

    static Page<JobView> parse(ApiResponse answer) {
      try {
        return Json.MAPPER.readValue(
            answer.body(), new com.fasterxml.jackson.core.type.TypeReference<Page<JobView>>() {});
      } catch (java.io.IOException e) {
        throw new IllegalStateException("another node sent a list that can't be read", e);
      }
    }
  }
}
