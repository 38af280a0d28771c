package dev.mosey.node.gateway;

import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import dev.mosey.protocol.api.SubmitRequest;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.json.Json;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Takes jobs in. What is large goes into this node's blob store first; the specification then goes
 * to the home, which is this node unless another one is named or this one keeps no books. The home
 * fetches the blobs before it journals, so that what it acknowledges is all on its own disk.
 */
final class SubmitApi {
  /** What submitting needs of the blob store. */
  interface Blobs {
    /** Keeps small bytes, synced. */
    Blob put(byte[] bytes);

    /** Whether it is here. */
    boolean has(Blob blob);

    /** Brings it here from another node, checked and synced. */
    CompletionStage<?> fetch(NodeName from, Blob blob);
  }

  /** A specification on its way to its home; {@code from} has its blobs. */
  record Forwarded(NodeName from, JobSpec spec, boolean held) {}

  private static final Resources ONE_CORE = Resources.of(Map.of(Resources.CORES, 1.0));

  private final NodeName self;
  private final boolean keepsBooks;
  private final SubmitRules rules;
  private final Blobs blobs;
  private final JobsApi jobs;
  private final Everywhere everywhere;
  private final Prospects prospects;
  private final InstantSource clock;
  private final Executor blocking;

  /** What the nodes have for a job. */
  interface Prospects {
    /** Where a task would go now, in words; for {@code --dry-run}. */
    CompletableFuture<Map<String, Object>> wouldGo(JobSpec spec);

    /** Why no node could ever run it, as they are; empty while one could, if only later. */
    CompletableFuture<Optional<String>> hopeless(JobSpec spec);
  }

  SubmitApi(
      NodeName self,
      boolean keepsBooks,
      SubmitRules rules,
      Blobs blobs,
      JobsApi jobs,
      Everywhere everywhere,
      Prospects prospects,
      InstantSource clock,
      Executor blocking) {
    this.self = self;
    this.keepsBooks = keepsBooks;
    this.rules = rules;
    this.blobs = blobs;
    this.jobs = jobs;
    this.everywhere = everywhere;
    this.prospects = prospects;
    this.clock = clock;
    this.blocking = blocking;
  }

  /** Adds the entries of the table. */
  void register(Api api) {
    api.on("POST", "jobs", (request, none) -> submit(request), "home", "dry_run")
        .on("POST", "local/jobs", (request, none) -> forwarded(request));
  }

  private CompletableFuture<ApiResponse> submit(ApiRequest request) {
    SubmitRequest wanted = request.json(SubmitRequest.class);
    return CompletableFuture.supplyAsync(() -> specify(wanted, request), blocking)
        .thenCompose(spec -> send(request, wanted, spec));
  }

  private JobSpec specify(SubmitRequest wanted, ApiRequest request) {
    boolean dry = request.flag("dry_run");
    JobSpec checked = rules.specify(wanted, null, null, request.user(), clock.instant());
    checked.after().forEach(after -> checkHome(after.job()));
    Blob env = dry || wanted.env() == null ? null : blobs.put(Json.bytes(checked(wanted.env())));
    Blob entries = dry || wanted.entries() == null ? null : blobs.put(Json.bytes(wanted.entries()));
    return rules.specify(wanted, env, entries, request.user(), clock.instant());
  }

  /** A job of a home that nobody knows will never end. One that is away may come back. */
  private void checkHome(JobId job) {
    if (everywhere.nodes().stream().noneMatch(node -> node.name().equals(job.home()))) {
      throw ApiException.refused(
          "there is no node " + job.home() + ", so " + job + " can't be waited for",
          "mosctl status lists the nodes");
    }
  }

  private static Map<String, String> checked(Map<String, String> env) {
    env.forEach(
        (name, value) -> {
          if (name.isEmpty()
              || name.indexOf('=') >= 0
              || name.indexOf('\0') >= 0
              || value == null
              || value.indexOf('\0') >= 0) {
            throw ApiException.refused(
                "'" + name + "' can't be a variable of the environment", null);
          }
        });
    return new TreeMap<>(env);
  }

  private CompletableFuture<ApiResponse> send(
      ApiRequest request, SubmitRequest wanted, JobSpec spec) {
    if (request.flag("dry_run")) {
      return prospects.wouldGo(spec).thenApply(ApiResponse::ok);
    }
    for (Blob blob : blobsOf(spec)) {
      if (!blobs.has(blob)) {
        throw ApiException.refused(
            "the content " + blob.sha256().substring(0, 12) + "... is not at this node",
            "PUT /mosey/v1/blobs to the same node first");
      }
    }
    NodeName home = request.text("home").map(NodeName::of).orElse(self);
    boolean held = Boolean.TRUE.equals(wanted.hold());
    if (home.equals(self)) {
      if (!keepsBooks) {
        throw ApiException.refused(self + " keeps no books", "name a home: ?home=NODE");
      }
      return take(request.key(), spec, held);
    }
    ApiRequest onward =
        new ApiRequest(
            "POST",
            List.of("local", "jobs"),
            Map.of(),
            request.user(),
            request.key(),
            Json.bytes(new Forwarded(self, spec, held)));
    return everywhere.pass(home, onward, Duration.ZERO);
  }

  private CompletableFuture<ApiResponse> forwarded(ApiRequest request) {
    Forwarded forwarded = Json.parse(request.body(), Forwarded.class);
    List<CompletableFuture<?>> fetches = new ArrayList<>();
    for (Blob blob : blobsOf(forwarded.spec())) {
      if (!blobs.has(blob)) {
        fetches.add(blobs.fetch(forwarded.from(), blob).toCompletableFuture());
      }
    }
    return CompletableFuture.allOf(fetches.toArray(CompletableFuture[]::new))
        .thenCompose(all -> take(request.key(), forwarded.spec(), forwarded.held()));
  }

  private CompletableFuture<ApiResponse> take(String key, JobSpec spec, boolean held) {
    return jobs.askHome(new BooksCommand.Submit(key, spec, held))
        .thenCompose(
            reply -> {
              BooksReply.Accepted accepted = accepted(reply);
              return note(spec).thenApply(note -> answer(accepted, note.orElse(null)));
            });
  }

  /** What whoever submits it should know; asked only of a job that wants something special. */
  private CompletableFuture<Optional<String>> note(JobSpec spec) {
    boolean runsAnywhere =
        spec.on().isEmpty() && spec.not().isEmpty() && spec.resources().equals(ONE_CORE);
    return runsAnywhere
        ? CompletableFuture.completedFuture(Optional.empty())
        : prospects
            .hopeless(spec)
            .thenApply(why -> why.map(text -> "no node can run this now: " + text))
            .exceptionally(busy -> Optional.empty()); // it has been taken in all the same
  }

  private static ApiResponse answer(BooksReply.Accepted accepted, String note) {
    return ApiResponse.created(
        new Accepted(
            accepted.id().toString(),
            accepted.id().home().value(),
            accepted.repeated() ? true : null,
            note));
  }

  private static BooksReply.Accepted accepted(BooksReply reply) {
    return switch (reply) {
      case BooksReply.Accepted accepted -> accepted;
      case BooksReply.Refused refused -> throw JobsApi.refusal(refused);
      case BooksReply.Done done -> throw new IllegalStateException("a submit was answered " + done);
      case BooksReply.Placed placed ->
          throw new IllegalStateException("a submit was answered " + placed);
    };
  }

  /**
   * The answer to a submit.
   *
   * @param repeated true when the job had been taken before with the same key
   * @param note what whoever submitted it should know
   */
  private record Accepted(String id, String home, Boolean repeated, String note) {}

  private static List<Blob> blobsOf(JobSpec spec) {
    List<Blob> named = new ArrayList<>();
    for (Blob blob : new Blob[] {spec.env(), spec.entries(), spec.stdin(), spec.jar()}) {
      if (blob != null) {
        named.add(blob);
      }
    }
    return named;
  }
}
