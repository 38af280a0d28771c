package dev.mosey.node.gateway;

import dev.mosey.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The newest events of this node's home and membership, bounded, for those who watch. Numbers grow
 * over the life of the daemon and begin with its start time, so that a number of an earlier life is
 * never ahead of this one. Safe to use from every thread.
 */
final class EventLog {
  /**
   * One event.
   *
   * @param number grows
   * @param node whose it is
   * @param kind {@code submitted placed moved ended node-up node-away ...}
   * @param at when
   * @param data what happened, by name
   */
  record Entry(long number, String node, String kind, Instant at, Object data) {}

  /**
   * A part of the log.
   *
   * @param items in order
   * @param next the number to ask after for what follows
   * @param missed whether events between were dropped because the log is bounded
   */
  record Part(List<Entry> items, long next, boolean missed) {}

  private final String node;
  private final int capacity;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private long last;

  /**
   * An empty log of at most {@code capacity} events, whose numbers begin above {@code
   * startedMillis} x 1000.
   */
  EventLog(String node, int capacity, long startedMillis) {
    this.node = node;
    this.capacity = capacity;
    this.last = startedMillis * 1000;
  }

  /** Adds an event and wakes those who wait. */
  void add(String kind, Instant at, Object data) {
    List<CompletableFuture<Void>> wake;
    synchronized (this) {
      entries.addLast(new Entry(++last, node, kind, at, data));
      if (entries.size() > capacity) {
        entries.removeFirst();
      }
      wake = List.copyOf(waiting);
      waiting.clear();
    }
    wake.forEach(waiter -> waiter.complete(null));
  }

  /**
   * What came after a number (0: only what comes from now on), at most {@code max}; when there is
   * nothing, waits up to {@code patience}.
   */
  CompletableFuture<Part> after(long number, int max, Duration patience) {
    CompletableFuture<Void> waiter;
    long from;
    synchronized (this) {
      from = number == 0 ? last : number;
      Part part = part(from, max);
      if (!part.items().isEmpty() || patience.isZero()) {
        return CompletableFuture.completedFuture(part);
      }
      waiter = new CompletableFuture<>();
      waiting.add(waiter);
    }
    return waiter
        .completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(
            ignored -> {
              synchronized (this) {
                waiting.removeIf(other -> other == waiter);
                return part(from, max);
              }
            });
  }

  private Part part(long number, int max) {
    List<Entry> items = new ArrayList<>();
    long bytes = 0;
    for (Entry entry : entries) {
      if (entry.number() > number && items.size() < max) {
        bytes += Json.bytes(entry).length;
        if (bytes > Federation.BODY_BYTES_MAX / 2 && !items.isEmpty()) {
          break;
        }
        items.add(entry);
      }
    }
    boolean missed =
        !entries.isEmpty()
            && entries.getFirst().number() > number + 1
            && number < last - entries.size();
    return new Part(
        items,
        items.isEmpty() ? Math.max(number, missed ? last : number) : items.getLast().number(),
        missed);
  }
}
