package dev.mosey.node.home;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.mosey.node.store.HistoryStore;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.api.SumView;
import dev.mosey.protocol.id.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Counts what has ended at a home. Reads of each row only what is counted, in the order of the
 * disk: of a hundred thousand rows as lists, all the time went into reading and writing what nobody
 * looked at.
 */
public final class HistorySums {
  /** What can be summed by. */
  public static final List<String> KEYS =
      List.of("user", "month", "day", "state", "home", "host", "name");

  private static final String NONE = "-";
  private static final int MONTH = 7;

  /** What a sum has in JSON besides its keys, and a key besides its value. */
  private static final int SUM_BYTES = 110;

  private static final int KEY_BYTES = 12;

  private final HistoryStore store;
  private final NodeName home;
  private final Bounds bounds;

  /**
   * How far one part goes; it ends at the first job after either.
   *
   * @param rows that are looked at
   * @param bytes of the sums in JSON, about
   */
  public record Bounds(int rows, int bytes) {}

  /** Of the history of that home. */
  public HistorySums(HistoryStore store, NodeName home, Bounds bounds) {
    this.store = store;
    this.home = home;
    this.bounds = bounds;
  }

  /**
   * The sums of some rows; those of all parts together are the whole.
   *
   * @param sums each for other values
   * @param next number of the last job counted: gives the following part; empty at the end
   */
  public record Part(List<SumView> sums, Optional<Long> next) {}

  /**
   * Counts a part of the jobs that the query wants, by their numbers; its limit is not regarded.
   *
   * @param keys some of {@link #KEYS}
   * @param unwritten what has ended and may not be in the store yet, as the books had it before
   * @param afterJob where the part before ended; 0 at the beginning
   */
  public Part part(HomeQuery query, List<String> keys, List<HistoryRow> unwritten, long afterJob) {
    Counting counting = new Counting(query, keys);
    Map<Long, HistoryRow> missing =
        unwritten.stream()
            .filter(row -> !row.id().isElement() && row.id().job() > afterJob)
            .collect(
                Collectors.toMap(row -> row.id().job(), row -> row, (a, b) -> a, HashMap::new));
    long[] last = {afterJob};
    boolean[] more = {false};
    int[] rows = {0};
    store.visit(
        afterJob,
        entry -> {
          long job = entry.process().job();
          more[0] =
              job != last[0] && (rows[0] >= bounds.rows() || counting.bytes >= bounds.bytes());
          if (more[0]) {
            return false;
          }
          rows[0]++;
          last[0] = job;
          if (!entry.process().isElement()) {
            missing.remove(job);
            counting.add(entry.endedAtMillis(), Fields.read(entry));
          }
          return true;
        });
    for (HistoryRow row : missing.values()) {
      if (!more[0] || row.id().job() <= last[0]) {
        counting.add(row.endedAtMillis(), Fields.of(row.view()));
      }
    }
    return new Part(counting.views(), more[0] ? Optional.of(last[0]) : Optional.empty());
  }

  /** Of one row what is counted. */
  private static final class Fields {
    private String user = NONE;
    private String state = NONE;
    private String host = NONE;
    private String name = NONE;
    private double cpuSeconds;
    private long tasks = 1;
    private long failed;

    static Fields read(HistoryStore.Entry entry) {
      Fields fields = new Fields();
      try (JsonParser row = HistoryRow.fieldsOf(entry)) {
        boolean array = false;
        row.nextToken();
        for (String field = row.nextFieldName(); field != null; field = row.nextFieldName()) {
          row.nextToken();
          switch (field) {
            case "user" -> fields.user = row.getText();
            case "state" -> fields.state = row.getText();
            case "host" -> fields.host = row.getText();
            case "name" -> fields.name = row.getText();
            case "cpu_seconds" -> fields.cpuSeconds = row.getDoubleValue();
            case "tasks" -> {
              array = true;
              fields.tasks(row);
            }
            default -> row.skipChildren();
          }
        }
        return array ? fields : fields.single();
      } catch (IOException e) {
        throw new IllegalArgumentException("unreadable history of " + entry.process(), e);
      }
    }

    private void tasks(JsonParser row) throws IOException {
      tasks = 0;
      for (String state = row.nextFieldName(); state != null; state = row.nextFieldName()) {
        row.nextToken();
        task(state, row.getLongValue());
      }
      if (row.currentToken() != JsonToken.END_OBJECT) {
        throw new IOException("tasks by state were expected");
      }
    }

    private void task(String word, long count) {
      tasks += count;
      failed += isFailure(word) ? count : 0;
    }

    private static boolean isFailure(String word) {
      return word.equals(State.FAILED.word()) || word.equals(State.LOST.word());
    }

    private Fields single() {
      failed = isFailure(state) ? 1 : 0;
      return this;
    }

    static Fields of(JobView view) {
      Fields fields = new Fields();
      fields.user = orNone(view.user());
      fields.state = view.state();
      fields.host = orNone(view.host());
      fields.name = orNone(view.name());
      fields.cpuSeconds = view.cpuSeconds() == null ? 0 : view.cpuSeconds();
      if (view.tasks() == null) {
        return fields.single();
      }
      fields.tasks = 0;
      view.tasks().forEach(fields::task);
      return fields;
    }

    private static String orNone(String text) {
      return text == null ? NONE : text;
    }
  }

  /** What came together so far. */
  private final class Counting {
    private static final class Sum {
      private long jobs;
      private long tasks;
      private long failed;
      private double cpuSeconds;
    }

    private final HomeQuery query;
    private final List<String> keys;
    private final Set<String> states;
    private final long since;
    private final long until;
    private final Map<List<String>, Sum> sums = new HashMap<>();
    private int bytes;
    private long day = Long.MIN_VALUE;
    private String date;

    Counting(HomeQuery query, List<String> keys) {
      this.query = query;
      this.keys = keys;
      this.states = query.states().stream().map(State::word).collect(Collectors.toSet());
      this.since = millis(query.since(), Long.MIN_VALUE);
      this.until = millis(query.until(), Long.MAX_VALUE);
    }

    private static long millis(Instant time, long absent) {
      return time == null ? absent : time.toEpochMilli();
    }

    void add(long endedAtMillis, Fields row) {
      if (endedAtMillis < since
          || endedAtMillis >= until
          || (!states.isEmpty() && !states.contains(row.state))
          || (query.user() != null && !query.user().equals(row.user))) {
        return;
      }
      List<String> values = keys.stream().map(key -> value(key, endedAtMillis, row)).toList();
      Sum sum = sums.get(values);
      if (sum == null) {
        sum = new Sum();
        sums.put(values, sum);
        bytes += SUM_BYTES + values.stream().mapToInt(Counting::bytes).sum();
      }
      sum.jobs++;
      sum.tasks += row.tasks;
      sum.failed += row.failed;
      sum.cpuSeconds += row.cpuSeconds;
    }

    private static int bytes(String value) {
      return KEY_BYTES + value.getBytes(StandardCharsets.UTF_8).length;
    }

    private String value(String key, long endedAtMillis, Fields row) {
      return switch (key) {
        case "user" -> row.user;
        case "state" -> row.state;
        case "host" -> row.host;
        case "name" -> row.name;
        case "home" -> home.value();
        case "month" -> date(endedAtMillis).substring(0, MONTH);
        case "day" -> date(endedAtMillis);
        default -> throw new IllegalArgumentException("nothing can be summed by '" + key + "'");
      };
    }

    /** The day in UTC. */
    private String date(long millis) {
      long number = Math.floorDiv(millis, 86_400_000L);
      if (number != day) {
        day = number;
        date = LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC).toString();
      }
      return date;
    }

    List<SumView> views() {
      List<SumView> views = new ArrayList<>();
      sums.forEach(
          (values, sum) -> {
            TreeMap<String, String> named = new TreeMap<>();
            for (int i = 0; i < keys.size(); i++) {
              named.put(keys.get(i), values.get(i));
            }
            views.add(new SumView(named, sum.jobs, sum.tasks, sum.failed, sum.cpuSeconds));
          });
      return views;
    }
  }
}
