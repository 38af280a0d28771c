package dev.mosey.node.home;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.store.Fixtures;
import dev.mosey.node.store.HistoryStore;
import dev.mosey.node.store.NodeStore;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.api.SumView;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Exit;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistorySumsTest {
  private static final NodeName ALPHA = NodeName.of("alpha");
  private static final HistorySums.Bounds WIDE = new HistorySums.Bounds(10_000, 1 << 20);
  private static final long DAY = 86_400_000L;

  @TempDir Path directory;
  private NodeStore store;

  @BeforeEach
  void open() {
    store = Fixtures.open(directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** Of an array the row of the job, with these numbers of tasks by state. */
  private static HistoryRow row(
      ProcessId id, String user, State state, long ended, Map<String, Long> tasks) {
    String host = id.job() % 5 == 0 ? null : "host" + id.job() % 3;
    JobView view =
        new JobView(
            id.toString(),
            id.jobId().toString(),
            id.isElement() ? id.task() : null,
            "näme" + id.job() % 4,
            "command",
            List.of("sh", "-c", "true"),
            state.word(),
            null,
            user,
            50,
            Map.of("cores", 1.0, "user", 7.0),
            "alpha",
            host,
            1,
            10.0,
            Instant.EPOCH,
            Instant.EPOCH,
            Instant.ofEpochMilli(ended),
            Exit.code(0),
            0,
            id.job() % 7 == 0 ? null : 0.5,
            null,
            "never",
            List.of(),
            tasks == null ? null : "1-9",
            tasks,
            null,
            "/tmp",
            null,
            null,
            null,
            null);
    return new HistoryRow(id, ended, view, null, null);
  }

  private static List<HistoryRow> rows() {
    Random random = new Random(5);
    List<State> ends = List.of(State.DONE, State.FAILED, State.CANCELLED, State.LOST);
    List<HistoryRow> rows = new ArrayList<>();
    for (long job = 1; job <= 60; job++) {
      String user = List.of("ann", "bob", "cid").get(random.nextInt(3));
      State state = ends.get(random.nextInt(4));
      long ended = random.nextLong(80 * DAY);
      boolean array = random.nextInt(4) == 0;
      for (int task = 0; array && task < 4; task++) {
        rows.add(row(new ProcessId(ALPHA, job, task), user, state, ended, null));
      }
      Map<String, Long> tasks = array ? Map.of("done", 2L, "failed", 1L, "lost", 1L) : null;
      rows.add(row(new ProcessId(ALPHA, job, ProcessId.SINGLE), user, state, ended, tasks));
    }
    return rows;
  }

  private HistoryStore written(List<HistoryRow> rows) {
    HistoryStore history = store.historyAgain();
    history.put(rows.stream().map(HistoryRow::toEntry).toList(), history.position() + 1).join();
    return history;
  }

  private static HomeQuery query(Set<State> states, String user, Instant since, Instant until) {
    return new HomeQuery(states, user, false, true, true, since, until, 100, null);
  }

  private static final HomeQuery ALL = query(Set.of(), null, null, null);

  /** Everything, part by part. */
  private static Map<Map<String, String>, SumView> sums(
      HistorySums sums, HomeQuery query, List<String> keys, List<HistoryRow> unwritten) {
    Map<Map<String, String>, SumView> all = new TreeMap<>((a, b) -> ("" + a).compareTo("" + b));
    Optional<Long> next = Optional.of(0L);
    while (next.isPresent()) {
      HistorySums.Part part = sums.part(query, keys, unwritten, next.get());
      part.sums().forEach(sum -> all.merge(sum.keys(), sum, SumView::plus));
      next = part.next();
    }
    return all;
  }

  private static String key(String key, JobView job) {
    String text =
        switch (key) {
          case "user" -> job.user();
          case "month" -> job.ended().toString().substring(0, 7);
          case "day" -> job.ended().toString().substring(0, 10);
          case "state" -> job.state();
          case "home" -> job.home();
          case "host" -> job.host();
          default -> job.name();
        };
    return text == null ? "-" : text;
  }

  /** The same from the list, as slowly as can be. */
  private static Map<Map<String, String>, SumView> listed(
      HistoryStore history, HomeQuery query, List<String> keys) {
    Map<Map<String, String>, SumView> all = new TreeMap<>((a, b) -> ("" + a).compareTo("" + b));
    for (JobView job :
        new History(history, ALPHA).list(query, null, 1_000, id -> Optional.empty()).views()) {
      TreeMap<String, String> values = new TreeMap<>();
      keys.forEach(key -> values.put(key, key(key, job)));
      boolean failed = Set.of("failed", "lost").contains(job.state());
      SumView one =
          new SumView(
              values,
              1,
              job.tasks() == null ? 1 : 4,
              job.tasks() != null ? 2 : failed ? 1 : 0,
              job.cpuSeconds() == null ? 0 : job.cpuSeconds());
      all.merge(one.keys(), one, SumView::plus);
    }
    return all;
  }

  @Test
  void sumsAreThoseOfTheList() {
    HistoryStore history = written(rows());
    Instant tenth = Instant.ofEpochMilli(10 * DAY);
    Instant fortieth = Instant.ofEpochMilli(40 * DAY);
    for (HomeQuery query :
        List.of(
            ALL,
            query(Set.of(State.FAILED, State.LOST), null, null, null),
            query(Set.of(), "bob", null, null),
            query(Set.of(), null, tenth, fortieth))) {
      for (String keys : List.of("user", "user,month", "day", "state,host", "name,home")) {
        List<String> by = List.of(keys.split(","));
        assertThat(sums(new HistorySums(history, ALPHA, WIDE), query, by, List.of()))
            .as("%s by %s", query, keys)
            .hasSizeGreaterThan(0)
            .isEqualTo(listed(history, query, by));
      }
    }
  }

  @Test
  void partsOfAnySizeAreTogetherTheWhole() {
    HistoryStore history = written(rows());
    var whole = sums(new HistorySums(history, ALPHA, WIDE), ALL, List.of("user", "day"), List.of());
    for (int most : new int[] {1, 2, 3, 7, 50, 500}) {
      HistorySums byRows = new HistorySums(history, ALPHA, new HistorySums.Bounds(most, 1 << 20));
      assertThat(sums(byRows, ALL, List.of("user", "day"), List.of())).isEqualTo(whole);
      HistorySums byBytes = new HistorySums(history, ALPHA, new HistorySums.Bounds(500, most));
      assertThat(sums(byBytes, ALL, List.of("user", "day"), List.of())).isEqualTo(whole);
    }
    assertThat(
            new HistorySums(history, ALPHA, new HistorySums.Bounds(1, 1 << 20))
                .part(ALL, List.of("user"), List.of(), 0)
                .sums())
        .extracting(SumView::jobs)
        .containsExactly(1L);
  }

  @Test
  void whatIsNotWrittenYetCountsOnceWhereverItIs() {
    List<HistoryRow> rows = rows();
    var whole =
        sums(new HistorySums(written(List.of()), ALPHA, WIDE), ALL, List.of("user", "state"), rows);
    HistoryStore history = written(rows.subList(0, rows.size() / 2));
    for (int from : new int[] {0, rows.size() / 3, rows.size() / 2}) {
      List<HistoryRow> unwritten = rows.subList(from, rows.size());
      HistorySums some = new HistorySums(history, ALPHA, new HistorySums.Bounds(9, 1 << 20));
      assertThat(sums(some, ALL, List.of("user", "state"), unwritten)).isEqualTo(whole);
    }
    assertThat(whole.values().stream().mapToLong(SumView::jobs).sum()).isEqualTo(60);
  }
}
