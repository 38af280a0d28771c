package dev.mosey.node.gateway;

import dev.mosey.protocol.api.EventView;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The newest events, bounded, for those who watch. A place in it is named by the node, its session
 * (which grows with every start) and a number: so a place of another node, or of an earlier life,
 * is known for what it is. Whoever asks after a place that is not in it any more is told to read
 * everything again. Safe to use from every thread.
 */
final class EventLog {
  /**
   * One event.
   *
   * @param number grows by one
   * @param view what happened
   */
  record Entry(long number, EventView view) {}

  /**
   * A part of the log.
   *
   * @param items in order
   * @param place to ask after for what follows
   * @param missed why everything must be read again, because events before these are lost; or null
   */
  record Part(List<Entry> items, String place, String missed) {}

  private final String prefix;
  private final int capacity;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private long last;

  /**
   * An empty log.
   *
   * @param node whose it is
   * @param session of that node
   * @param capacity most events that are kept
   */
  EventLog(String node, long session, int capacity) {
    this.prefix = node + "-" + session + "-";
    this.capacity = capacity;
  }

  /** Adds an event and wakes those who wait. */
  void add(EventView event) {
    List<CompletableFuture<Void>> wake;
    synchronized (this) {
      entries.addLast(new Entry(++last, event));
      if (entries.size() > capacity) {
        entries.removeFirst();
      }
      wake = List.copyOf(waiting);
      waiting.clear();
    }
    wake.forEach(waiter -> waiter.complete(null));
  }

  /** The place of an event. */
  String place(long number) {
    return prefix + number;
  }

  /** The place of the newest event: after it comes what comes from now on. */
  synchronized String now() {
    return place(last);
  }

  /** How many events there were. */
  synchronized long count() {
    return last;
  }

  /**
   * What came after a place, at most {@code max}; when there is nothing, waits up to {@code
   * patience}.
   */
  CompletableFuture<Part> after(String place, int max, Duration patience) {
    CompletableFuture<Void> waiter;
    synchronized (this) {
      Part part = part(place, max);
      if (!part.items().isEmpty() || part.missed() != null || patience.isZero()) {
        return CompletableFuture.completedFuture(part);
      }
      waiter = new CompletableFuture<>();
      waiting.add(waiter);
    }
    return waiter
        .completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
        .thenApplyAsync(
            ignored -> {
              synchronized (this) {
                waiting.removeIf(other -> other == waiter);
                return part(place, max);
              }
            });
  }

  private Part part(String place, int max) {
    if (!place.startsWith(prefix)) {
      return lost("these events are of another node, or of an earlier run of this one");
    }
    long number;
    try {
      number = Long.parseLong(place.substring(prefix.length()));
    } catch (NumberFormatException malformed) {
      return lost("'" + place + "' is no id of an event");
    }
    if (number < 0 || number > last) {
      return lost("'" + place + "' is no id of an event");
    }
    if (number < last - entries.size()) {
      return lost("more events came than are kept");
    }
    List<Entry> items =
        entries.stream().filter(entry -> entry.number() > number).limit(max).toList();
    return new Part(items, items.isEmpty() ? place : place(items.getLast().number()), null);
  }

  private Part lost(String why) {
    return new Part(List.of(), place(last), why);
  }
}
