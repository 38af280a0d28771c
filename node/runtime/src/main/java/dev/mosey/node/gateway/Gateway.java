package dev.mosey.node.gateway;

import dev.mosey.node.cluster.MembershipView;
import dev.mosey.node.cluster.Post;
import dev.mosey.node.home.History;
import dev.mosey.node.home.Home;
import dev.mosey.node.host.LinkProbe;
import dev.mosey.node.host.ProcessHost;
import dev.mosey.node.load.LoadMonitor;
import dev.mosey.node.schedule.Fate;
import dev.mosey.node.schedule.Scheduler;
import dev.mosey.node.store.BlobStore;
import dev.mosey.node.store.OutputStore;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.json.Json;
import dev.mosey.protocol.wire.Call;
import dev.mosey.protocol.wire.CallAnswer;
import dev.mosey.protocol.wire.Envelope;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.ServerBinding;

/**
 * The node's HTTP interface, and its ear for other nodes' gateways. It holds no state of the
 * cluster: it asks the actors of its node, and for what is elsewhere the gateway there.
 */
public final class Gateway {
  /**
   * What only the daemon can do: end, and begin another.
   *
   * @param shutDown drains, and ends
   * @param restart hands over to another one
   * @param backup copies the stores into a directory that must not exist yet; blocks
   * @param adoption opens the books of a lost node's disk
   */
  public record Daemon(
      Runnable shutDown, Runnable restart, Consumer<Path> backup, Adoption adoption) {}

  /** Opens books whose disk has been moved to this machine. */
  @FunctionalInterface
  public interface Adoption {
    /**
     * Returns when the home is up again; blocks.
     *
     * @param directory the lost node's data directory, as it is reached here
     * @return whose books they are
     * @throws dev.mosey.node.store.StoreException in one line, when they can't be opened
     */
    NodeName adopt(Path directory);
  }

  /**
   * The other actors of the node.
   *
   * @param home its books
   * @param scheduler its placement and moves
   * @param loads its loads and tunes
   * @param host what runs there
   */
  public record Actors(
      ActorRef<Home.Command> home,
      ActorRef<Scheduler.Command> scheduler,
      ActorRef<LoadMonitor.Command> loads,
      ActorRef<ProcessHost.Command> host) {}

  /**
   * What the node hands to its gateway.
   *
   * @param actors of this node
   * @param post to other nodes
   * @param cluster who belongs to it, as of now
   * @param events what happens, for those who watch
   * @param blobs this node's
   * @param output this node's
   * @param history of this node's home
   * @param fetch brings a blob from another node into {@code blobs}
   * @param takesNewWork whether its disk has room for new jobs
   * @param keepsBooks whether this node is a home
   * @param supervision {@code native}, or {@code weak: why}
   * @param version of the program
   * @param token the cluster's
   * @param owner whose processes these are when a request does not say
   * @param hosts under which names and addresses the interface may be asked
   * @param settings bounds
   * @param clock for begin times
   * @param daemon what only the daemon as a whole can do
   * @param probe measures what images take
   * @param clusterSystem the actor system of the cluster, whose management routes are served
   */
  public record Parts(
      Actors actors,
      Post post,
      Supplier<MembershipView> cluster,
      Events events,
      BlobStore blobs,
      OutputStore output,
      History history,
      BiFunction<NodeName, Blob, CompletionStage<?>> fetch,
      Supplier<Boolean> takesNewWork,
      boolean keepsBooks,
      String supervision,
      String version,
      String token,
      String owner,
      Set<String> hosts,
      GatewaySettings settings,
      InstantSource clock,
      Daemon daemon,
      LinkProbe probe,
      Supplier<ActorSystem<?>> clusterSystem) {}

  private final Federation federation;
  private final Everywhere everywhere;
  private final HomeReader reader;
  private final NodesApi nodes;
  private final LinksApi links;
  private final ActorSystem<?> system;
  private final History history;
  private final Api api = new Api();
  private final HttpServer server;

  /** Wires the table of requests; binds nothing yet. {@code blocking} runs what waits for disks. */
  public Gateway(ActorSystem<?> system, Parts parts, Executor blocking) {
    GatewaySettings settings = parts.settings();
    NodeName self = parts.post().self().node();
    this.federation = new Federation(parts.post(), settings.callTimeout());
    this.everywhere = new Everywhere(self, parts.cluster(), federation);
    this.history = parts.history();
    this.system = system;
    Asking asking = new Asking(system, parts.actors(), settings.askTimeout());
    this.reader = new HomeReader(asking, parts.history(), parts.output(), blocking);
    SumsApi sums = new SumsApi(reader, everywhere, federation);
    JobsApi jobs = new JobsApi(asking, reader, everywhere, sums);
    this.nodes =
        new NodesApi(
            asking,
            new NodesApi.Parts(
                self, new NodesApi.NodeFacts(parts.supervision(), parts.version()), parts.daemon()),
            jobs,
            everywhere,
            blocking);
    SubmitApi submit =
        new SubmitApi(
            self,
            parts.keepsBooks(),
            new SubmitRules(settings.leaseShort(), settings.leaseLong(), settings.grace()),
            new SubmitBlobs(parts),
            jobs,
            everywhere,
            nodes,
            parts.clock(),
            blocking);
    submit.register(api);
    jobs.register(api);
    nodes.register(api);
    new MigrateApi(asking, self, reader, everywhere, parts.clock()).register(api);
    new MovesApi(asking, everywhere).register(api);
    new TunesApi(asking).register(api);
    this.links =
        new LinksApi(
            asking, everywhere, self, parts.probe(), settings.links(), parts.clock(), blocking);
    links.register(api);
    api.on(
        "GET", "local/dependency/*", (request, id) -> dependencyHere(JobId.parse(id.getFirst())));
    api.on(
        "GET",
        "openapi.json",
        (request, none) ->
            CompletableFuture.completedFuture(OpenApi.describe(api.entries(), api::parameters)));
    this.server = FrontDoor.of(asking, parts, everywhere, api, blocking);
  }

  /**
   * The interface is open, at this address, and the books with this identity: lists of nodes say so
   * from now on.
   */
  public void opened(String url, BooksId books) {
    nodes.opened(url, books);
    links.refresh(system);
  }

  /** Binds the port; {@code tls} null for plain HTTP. Fails when the port is in use. */
  public CompletionStage<ServerBinding> bind(String host, int port, SSLContext tls) {
    return server.bind(host, port, tls);
  }

  /**
   * What became of a job on which one of this home hangs; empty while it has not ended, or when its
   * home does not answer.
   */
  public CompletionStage<Optional<BooksCommand.DependencyEnded>> dependency(JobId job) {
    ApiRequest question = ApiRequest.parse("GET", "/local/dependency/" + job, "", null, null);
    CompletableFuture<ApiResponse> answer =
        everywhere.isSelf(job.home())
            ? api.handle(question)
            : everywhere.pass(job.home(), question, Duration.ZERO);
    return answer.thenApply(
        found ->
            found.status() == 200
                ? Optional.of(Json.parse(found.body(), BooksCommand.DependencyEnded.class))
                : Optional.empty());
  }

  /** Where a process is and whether it has ended; empty when its home does not answer. */
  public CompletionStage<Optional<Fate>> fate(ProcessId id) {
    return api.handle(ApiRequest.parse("GET", "/jobs/" + id, "", null, null))
        .thenApply(
            found -> {
              if (found.status() != 200) {
                return Optional.empty();
              }
              JobView job = Json.parse(found.body(), JobView.class);
              return Optional.of(
                  new Fate(
                      job.host() == null ? null : NodeName.of(job.host()),
                      job.ended() == null ? 0 : job.ended().toEpochMilli()));
            });
  }

  private CompletableFuture<ApiResponse> dependencyHere(JobId job) {
    return reader
        .find(job, ProcessId.SINGLE)
        .thenApply(
            found -> {
              boolean lives =
                  found.isPresent()
                      && !JobView.State.valueOf(found.get().state().toUpperCase(Locale.ROOT))
                          .isEnd();
              if (lives) {
                throw new ApiException(409, "not_ended", job + " has not ended", null);
              }
              return ApiResponse.ok(history.dependency(job));
            });
  }

  /** A call of another node, or the answer to one of ours; may be called by any thread. */
  public void received(Envelope envelope) {
    switch (envelope.message()) {
      case Call call -> {
        ApiRequest request =
            ApiRequest.parse(call.method(), call.path(), call.user(), call.key(), call.body());
        api.handle(request)
            .thenAccept(response -> federation.answer(envelope.from(), call.call(), response));
      }
      case CallAnswer answer -> federation.answered(answer);
      case Object other ->
          throw new IllegalArgumentException("not for the gateway: " + other.getClass());
    }
  }

  private record SubmitBlobs(Parts parts) implements SubmitApi.Blobs {
    @Override
    public Blob put(byte[] bytes) {
      return parts.blobs().put(bytes);
    }

    @Override
    public boolean has(Blob blob) {
      return parts.blobs().has(blob.sha256());
    }

    @Override
    public CompletionStage<?> fetch(NodeName from, Blob blob) {
      return parts.fetch().apply(from, blob);
    }
  }
}
