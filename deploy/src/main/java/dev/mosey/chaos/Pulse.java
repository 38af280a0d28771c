package dev.mosey.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks every node all the time whether it is ready, and remembers when it was not. */
final class Pulse implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofMillis(500);
  private static final long EVERY_MILLIS = 200;

  private final Access access;
  private final List<Gap> gaps = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closing;

  /**
   * A node was not ready.
   *
   * @param from when it was ready last, by the machine's clock in seconds
   * @param to when it was ready again
   */
  record Gap(String node, double from, double to) {
    boolean meets(String other, double begin, double end) {
      return node.equals(other) && from < end && to > begin;
    }
  }

  /** Begins to ask. */
  Pulse(List<Daemon> nodes, Access access) {
    this.access = access;
    for (Daemon node : nodes) {
      threads.add(Thread.ofVirtual().name("pulse").start(() -> watch(node)));
    }
  }

  private void watch(Daemon node) {
    double ready = Crowd.clock();
    boolean gap = false;
    while (!closing) {
      if (isReady(node)) {
        double now = Crowd.clock();
        if (gap) {
          add(new Gap(node.name(), ready, now));
        }
        ready = now;
        gap = false;
      } else {
        gap = true;
      }
      Chaos.pause(EVERY_MILLIS);
    }
    if (gap) {
      add(new Gap(node.name(), ready, Double.POSITIVE_INFINITY));
    }
  }

  private boolean isReady(Daemon node) {
    try {
      var request = HttpRequest.newBuilder(URI.create(node.url() + "/ready")).timeout(ANSWER);
      var answer = access.client().send(request.build(), HttpResponse.BodyHandlers.discarding());
      return answer.statusCode() == 200;
    } catch (IOException away) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private synchronized void add(Gap gap) {
    gaps.add(gap);
  }

  /** All that was seen so far. */
  synchronized List<Gap> gaps() {
    return List.copyOf(gaps);
  }

  @Override
  public void close() {
    closing = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
