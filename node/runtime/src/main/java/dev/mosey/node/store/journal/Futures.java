package dev.mosey.node.store.journal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import scala.concurrent.Future;
import scala.concurrent.Promise;

/** From Java's futures to Scala's, with the cause itself as the failure. */
final class Futures {
  private Futures() {}

  static <T> Future<T> of(CompletableFuture<? extends T> future) {
    Promise<T> promise = scala.concurrent.Promise$.MODULE$.apply();
    future.whenComplete(
        (value, failure) -> {
          if (failure == null) promise.success(value);
          else if (failure instanceof CompletionException && failure.getCause() != null)
            promise.failure(failure.getCause());
          else promise.failure(failure);
        });
    return promise.future();
  }
}
