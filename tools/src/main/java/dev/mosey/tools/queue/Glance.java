package dev.mosey.tools.queue;

import dev.mosey.tools.Run;
import dev.mosey.tools.client.Answer;
import dev.mosey.tools.client.Pages;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.output.Mode;
import dev.mosey.tools.output.Table;
import dev.mosey.tools.output.Units;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** {@code mosq} alone: what runs, waits and failed, how far it is and how long it takes still. */
final class Glance {
  private static final long LIVE_MOST = 500;
  private static final int RECENT = 20;
  private static final int FAILED_MOST = 5;

  private final Run run;
  private final Instant now = Instant.now();
  private final List<Job> live = new ArrayList<>();
  private final List<Job> recent = new ArrayList<>();

  private Glance(Run run) {
    this.run = run;
  }

  static int run(Run run) {
    new Glance(run).show();
    return 0;
  }

  private void show() {
    JsonValue.Members page = Pages.all(run.client(), "/jobs?scope=cluster", LIVE_MOST);
    page.get("items").items().forEach(item -> live.add(new Job(item)));
    JsonValue ended = run.client().ask(Request.get("/history?limit=" + RECENT)).json();
    ended.get("items").items().forEach(item -> recent.add(new Job(item)));
    switch (run.mode()) {
      case JSON -> run.json(json(page));
      case QUIET -> live.forEach(job -> run.out().println(job.id()));
      case TABLE, WIDE -> print();
    }
    if (run.mode() != Mode.JSON) {
      run.notes(page);
    }
  }

  private long tasks(String state) {
    long count = 0;
    for (Job job : live) {
      count += job.isArray() ? job.count(state) : job.state().equals(state) ? 1 : 0;
    }
    return count;
  }

  private List<Job> failed() {
    return recent.stream()
        .filter(job -> job.state().equals("failed") || job.state().equals("lost"))
        .limit(FAILED_MOST)
        .toList();
  }

  private JsonValue json(JsonValue.Members page) {
    JsonValue.Members result = new JsonValue.Members();
    for (String state : List.of("running", "waiting", "held")) {
      result.put(state, tasks(state));
    }
    result.put("items", page.get("items"));
    List<JsonValue> failures = new ArrayList<>();
    for (Job job : failed()) {
      JsonValue.Members one = new JsonValue.Members().put("id", job.id());
      one.put("name", job.json().text("name")).put("exit", job.exit());
      failures.add(one.put("stderr", firstLine(job)));
    }
    result.put("failed", failures);
    result.put("next", page.text("next"));
    return result.put("incomplete", page.all().get("incomplete"));
  }

  private void print() {
    long running = tasks("running") + tasks("starting") + tasks("moving");
    TreeSet<String> hosts = new TreeSet<>();
    live.stream()
        .filter(Job::onHost)
        .forEach(
            job -> {
              if (job.json().has("host")) {
                hosts.add(job.json().text("host"));
              }
            });
    StringBuilder line = new StringBuilder().append(running).append(" running");
    line.append(hosts.isEmpty() ? "" : " on " + String.join(", ", hosts));
    line.append(", ").append(tasks("waiting")).append(" waiting");
    if (tasks("held") > 0) {
      line.append(", ").append(tasks("held")).append(" held");
    }
    if (!recent.isEmpty()) {
      long done = recent.stream().filter(job -> job.state().equals("done")).count();
      line.append("; of the last ").append(recent.size()).append(" ended ").append(done);
      line.append(" went well");
    }
    run.out().println(line);
    Table table = new Table().column("PID").column("STATE").column("HOST").number("TIME");
    table.number("DONE").number("LEFT").column("WHAT");
    for (Job job : live) {
      if (job.onHost() || job.isArray()) {
        table.row(
            List.of(
                job.id(),
                job.onHost() ? "running" : job.state(),
                job.json().text("host", "-"),
                Units.elapsed(job.ran(now)),
                job.isArray() ? job.tasksEnded() : job.json().text("progress", "-"),
                left(job),
                job.nameOrCommand()));
      }
    }
    if (!table.isEmpty()) {
      run.table(table);
    }
    printFailed();
  }

  private void printFailed() {
    for (Job job : failed()) {
      String error = firstLine(job);
      String how = job.exit() == null ? "" : ", " + job.exit();
      String text =
          job.id()
              + " "
              + job.state()
              + how
              + " ("
              + job.nameOrCommand()
              + ")"
              + (error == null ? "" : ": " + error);
      int width = run.caller().columns();
      run.out().println(text.length() <= width ? text : text.substring(0, width - 1) + "~");
    }
  }

  /** An array's tasks take as long as those before them did. */
  private String left(Job job) {
    double since = Units.since(job.json().text("submitted"), now);
    long ended = job.endedTasks();
    if (!job.isArray() || ended == 0 || Double.isNaN(since)) {
      return "-";
    }
    return "~" + Units.elapsed(since * (job.tasks() - ended) / ended);
  }

  private String firstLine(Job job) {
    if (job.isArray()) {
      return null;
    }
    Answer answer =
        run.client()
            .ask(Request.get("/jobs/" + job.id() + "/output?stream=stderr&offset=0&limit=400"));
    if (!answer.ok()) {
      return null;
    }
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    return text.lines()
        .filter(line -> !line.isBlank())
        .findFirst()
        .map(Table::printable)
        .orElse(null);
  }
}
