package dev.mosey.node.gateway;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.mosey.node.host.ProcessHost;
import dev.mosey.node.schedule.Scheduler;
import dev.mosey.policy.balance.StayReason;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.MigrateResult;
import dev.mosey.protocol.api.Problem;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.json.Json;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Moves by hand, and what else {@code migrate} does ({@link FreezeApi}). The home looks at what is
 * asked and passes it to the host, whose scheduler owns all moves from there; the answer waits
 * until the process runs at its new place, so that whoever has it can go on from there.
 */
final class MigrateApi {
  private static final Duration MOVE_PATIENCE = Duration.ofSeconds(60);

  /** What is on its way to a host gets there, or not, within this time. */
  private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(6);

  private static final Duration POLL = Duration.ofMillis(50);
  private static final int CONFLICT = 409;
  private static final String NOT_SETTLED = "not_settled";

  /** Refusals that may be over in a moment: loads are known some seconds late. */
  private static final Set<String> PASSING =
      Set.of(
          StayReason.NOT_SETTLED.sentence(),
          StayReason.NO_ROOM.sentence(),
          StayReason.NO_FRESH_PEER.sentence());

  private static final Set<String> ON_ITS_WAY = Set.of("starting", "moving");

  /** The answer to a move comes when it has moved, whatever the body says of waiting. */
  private record Wish(String target, @JsonProperty("wait") Boolean waits) {}

  private final Asking asking;
  private final NodeName self;
  private final JobReader reader;
  private final Everywhere everywhere;
  private final InstantSource clock;
  private final Polling polling;
  private final FreezeApi freezing;

  MigrateApi(
      Asking asking, NodeName self, JobReader reader, Everywhere everywhere, InstantSource clock) {
    this.asking = asking.within(MOVE_PATIENCE);
    this.self = self;
    this.reader = reader;
    this.everywhere = everywhere;
    this.clock = clock;
    this.polling = new Polling(asking.system(), POLL);
    this.freezing = new FreezeApi(asking, reader);
  }

  /** Adds the entries of the table. */
  void register(Api api) {
    api.on("POST", "processes/*/migrate", (request, id) -> migrate(request, id.getFirst()))
        .on(
            "POST",
            "local/processes/*/migrate",
            (request, id) -> migrateHere(request, ProcessId.parse(id.getFirst())));
  }

  private CompletableFuture<ApiResponse> migrate(ApiRequest request, String text) {
    Selection id = Selection.parse(text);
    Wish wish = request.json(Wish.class);
    check(wish);
    if (!everywhere.isSelf(id.job().home())) {
      return everywhere.pass(
          id.job().home(), request, MOVE_PATIENCE.plus(SETTLE_PATIENCE.multipliedBy(2)));
    }
    if (FreezeApi.WORDS.contains(wish.target())) {
      return freezing.carryOut(wish.target(), id, text, !Boolean.FALSE.equals(wish.waits()));
    }
    return polling
        .until(
            () -> attempt(request, id, text),
            answer ->
                answer.status() != CONFLICT
                    || !NOT_SETTLED.equals(Json.parse(answer.body(), Problem.class).code()),
            System.nanoTime() + SETTLE_PATIENCE.toNanos())
        .thenCompose(
            answer -> {
              if (answer.status() >= 400) {
                return CompletableFuture.completedFuture(answer);
              }
              String to = Json.parse(answer.body(), MigrateResult.class).to();
              return settled(id, text, to).thenApply(job -> answer);
            });
  }

  /** One try, where it is now. */
  private CompletableFuture<ApiResponse> attempt(ApiRequest request, Selection id, String text) {
    return settled(id, text, null)
        .thenCompose(
            job -> {
              if (!"running".equals(job.state())) {
                throw new ApiException(
                    CONFLICT,
                    "not_running",
                    text + " is " + job.state() + ", not running",
                    "frozen".equals(job.state())
                        ? "migrate " + text + " continue lets it go on"
                        : "only what runs can move");
              }
              if ("never".equals(job.move())) {
                throw neverMoves(text, job);
              }
              return moved(request, text, NodeName.of(job.host()));
            })
        .exceptionally(MigrateApi::refusal);
  }

  /** What it would cost, for whoever submits it the next time. */
  private ApiException neverMoves(String text, JobView job) {
    String lost =
        job.started() == null
            ? ""
            : ": "
                + Duration.between(job.started(), clock.instant()).toSeconds()
                + " s of work lost";
    return ApiException.refused(
        text + " was submitted to stay: elsewhere it would begin again" + lost,
        "mosq submit --move restart lets it begin again, --move checkpoint saves what it has done");
  }

  private static ApiResponse refusal(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (cause instanceof ApiException refused) {
      return ApiResponse.of(refused.problem());
    }
    throw new CompletionException(cause);
  }

  private void check(Wish wish) {
    switch (wish.target() == null ? "" : wish.target()) {
      case "" ->
          throw ApiException.badRequest("no target was given", "give a node, 'home' or 'out'");
      case "home", "out", "freeze", "continue", "checkpoint", "chkstop", "chkexit" -> {}
      default -> everywhere.node(NodeName.of(wish.target()));
    }
  }

  /** The process once it has arrived where it is going; {@code host} null: wherever that is. */
  private CompletableFuture<JobView> settled(Selection id, String text, String host) {
    return polling.until(
        () ->
            reader
                .find(id.job(), id.first())
                .thenApply(
                    found ->
                        found.orElseThrow(
                            () -> ApiException.notFound("there is no " + text, null))),
        job ->
            !ON_ITS_WAY.contains(job.state())
                && (host == null || !"running".equals(job.state()) || host.equals(job.host())),
        System.nanoTime() + SETTLE_PATIENCE.toNanos());
  }

  private CompletableFuture<ApiResponse> moved(ApiRequest request, String text, NodeName host) {
    ApiRequest onward =
        new ApiRequest(
            "POST",
            List.of("local", "processes", text, "migrate"),
            Map.of("home", self.value()),
            request.user(),
            null,
            request.body());
    return everywhere.isSelf(host)
        ? migrateHere(onward, ProcessId.parse(text))
        : everywhere.pass(host, onward, MOVE_PATIENCE);
  }

  private CompletableFuture<ApiResponse> migrateHere(ApiRequest request, ProcessId id) {
    String word = Json.parse(request.body(), Wish.class).target();
    NodeName target =
        switch (word) {
          case "home" -> id.home();
          case "out" -> null;
          default -> NodeName.of(word);
        };
    return asking
        .<Scheduler.Command, ProcessHost.MoveOutcome>ask(
            asking.actors().scheduler(), replyTo -> new Scheduler.Move(id, target, "hand", replyTo))
        .thenApply(this::answer);
  }

  private ApiResponse answer(ProcessHost.MoveOutcome outcome) {
    if (outcome.failed() != null && PASSING.contains(outcome.failed())) {
      throw new ApiException(
          CONFLICT,
          NOT_SETTLED,
          outcome.id() + " stays at " + self + ": " + outcome.failed(),
          "mosq why " + outcome.id());
    }
    if (outcome.failed() != null) {
      throw ApiException.refused(
          outcome.id() + " stays at " + self + ": " + outcome.failed(), "mosq why " + outcome.id());
    }
    String to = outcome.target().node().value();
    String message =
        String.format(
            Locale.ROOT,
            "%s moved %s -> %s in %.0f ms",
            outcome.id(),
            self,
            to,
            outcome.pauseMillis());
    return ApiResponse.ok(
        new MigrateResult(
            outcome.id().toString(),
            self.value(),
            to,
            true,
            outcome.pauseMillis() / 1000,
            message));
  }
}
