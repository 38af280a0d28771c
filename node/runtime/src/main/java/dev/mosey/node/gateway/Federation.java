package dev.mosey.node.gateway;

import dev.mosey.node.cluster.Post;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.wire.Call;
import dev.mosey.protocol.wire.CallAnswer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks other nodes' gateways, so that any node answers for the whole cluster. A call is sent once:
 * the callers of verbs repeat them, with the same idempotency key, when its outcome is unknown.
 */
final class Federation {
  /** Largest body of a call or an answer: with its frame it stays under the 64 KiB of a message. */
  static final int BODY_BYTES_MAX = 48 * 1024;

  private final Post post;
  private final Duration timeout;
  private final AtomicLong calls = new AtomicLong();
  private final Map<Long, CompletableFuture<ApiResponse>> pending = new ConcurrentHashMap<>();

  Federation(Post post, Duration timeout) {
    this.post = post;
    this.timeout = timeout;
  }

  /**
   * The other node's answer; fails with {@link ApiException} 503 when none comes in time. {@code
   * patience} is added for long polls.
   */
  CompletableFuture<ApiResponse> call(NodeName node, ApiRequest request, Duration patience) {
    if (request.body().length > BODY_BYTES_MAX) {
      return CompletableFuture.failedFuture(
          new ApiException(
              413,
              "too_large",
              "the request is too large to be passed on to " + node,
              "send it to that node itself"));
    }
    long call = calls.incrementAndGet();
    CompletableFuture<ApiResponse> answer = new CompletableFuture<>();
    pending.put(call, answer);
    post.send(
        node,
        new Call(
            call,
            request.user(),
            request.method(),
            request.target(),
            request.key(),
            request.body().length == 0 ? null : request.body()));
    return answer
        .orTimeout(timeout.plus(patience).toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (response, failure) -> {
              pending.remove(call);
              if (failure instanceof TimeoutException) {
                throw ApiException.away(
                    node + " does not answer", "mosctl status tells which nodes are up");
              }
              return response;
            });
  }

  /** A call has been answered; late answers are dropped. */
  void answered(CallAnswer answer) {
    CompletableFuture<ApiResponse> waiting = pending.get(answer.call());
    if (waiting != null) {
      waiting.complete(
          new ApiResponse(answer.status(), answer.body() == null ? new byte[0] : answer.body()));
    }
  }

  /** Answers another node's call. */
  void answer(HostId caller, long call, ApiResponse response) {
    ApiResponse sent =
        response.body().length <= BODY_BYTES_MAX
            ? response
            : ApiResponse.of(
                new ApiException(
                        500,
                        "too_large",
                        "the answer is too large to be passed between nodes",
                        "ask that node itself, or for a smaller page")
                    .problem());
    post.send(caller.node(), new CallAnswer(call, sent.status(), sent.body()));
  }
}
