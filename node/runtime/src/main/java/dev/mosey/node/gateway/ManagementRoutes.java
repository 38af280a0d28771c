package dev.mosey.node.gateway;

import dev.mosey.protocol.api.Problem;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.management.javadsl.PekkoManagement;

/**
 * Pekko Management's own routes. They belong to the actor system of the cluster, which is another
 * one after this node was removed and joined again; while there is none, the node is not ready.
 */
final class ManagementRoutes implements Function<HttpRequest, CompletionStage<HttpResponse>> {
  private final ActorSystem<?> server;
  private final Supplier<ActorSystem<?>> cluster;
  private ActorSystem<?> served;
  private Function<HttpRequest, CompletionStage<HttpResponse>> routes;

  ManagementRoutes(ActorSystem<?> server, Supplier<ActorSystem<?>> cluster) {
    this.server = server;
    this.cluster = cluster;
  }

  @Override
  public CompletionStage<HttpResponse> apply(HttpRequest request) throws Exception {
    ActorSystem<?> system = cluster.get();
    if (system == null || system.getWhenTerminated().toCompletableFuture().isDone()) {
      request.discardEntityBytes(server);
      return CompletableFuture.completedStage(
          HttpServer.problem(
                  Problem.of(
                      503, "not_ready", "the node has not joined a cluster yet", "try again"))
              .withStatus(StatusCodes.SERVICE_UNAVAILABLE));
    }
    return routesOf(system).apply(request);
  }

  private synchronized Function<HttpRequest, CompletionStage<HttpResponse>> routesOf(
      ActorSystem<?> system) {
    if (served != system) {
      served = system;
      routes = PekkoManagement.get(system).getRoutes().function(system);
    }
    return routes;
  }
}
