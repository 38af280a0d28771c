package dev.mosey.sim.cluster;

import java.util.Arrays;

/**
 * What will happen, by time; of one time, in the order in which it was asked for. A binary heap in
 * packed columns.
 */
final class EventQueue {
  private long[] times = new long[1_024];
  private long[] orders = new long[1_024];
  private long[] events = new long[1_024];
  private int size;
  private long asked;

  boolean isEmpty() {
    return size == 0;
  }

  long nextTime() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  void add(long time, long event) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      orders = Arrays.copyOf(orders, 2 * size);
      events = Arrays.copyOf(events, 2 * size);
    }
    int place = size++;
    long order = asked++;
    while (place > 0) {
      int parent = place - 1 >>> 1;
      if (times[parent] < time || times[parent] == time && orders[parent] < order) {
        break;
      }
      copy(parent, place);
      place = parent;
    }
    times[place] = time;
    orders[place] = order;
    events[place] = event;
  }

  /** Takes the first out. */
  long poll() {
    long first = events[0];
    size--;
    if (size > 0) {
      sink();
    }
    return first;
  }

  private void sink() {
    long time = times[size];
    long order = orders[size];
    long event = events[size];
    int place = 0;
    while (2 * place + 1 < size) {
      int child = 2 * place + 1;
      if (child + 1 < size && before(child + 1, child)) {
        child++;
      }
      if (time < times[child] || time == times[child] && order < orders[child]) {
        break;
      }
      copy(child, place);
      place = child;
    }
    times[place] = time;
    orders[place] = order;
    events[place] = event;
  }

  private boolean before(int one, int other) {
    return times[one] < times[other] || times[one] == times[other] && orders[one] < orders[other];
  }

  private void copy(int from, int to) {
    times[to] = times[from];
    orders[to] = orders[from];
    events[to] = events[from];
  }
}
