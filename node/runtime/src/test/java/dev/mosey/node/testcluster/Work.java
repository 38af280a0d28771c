package dev.mosey.node.testcluster;

import dev.mosey.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a test submits: the fields of a submit over HTTP, one after the other. */
public final class Work {
  private final Map<String, Object> fields = new TreeMap<>();

  private Work() {}

  /** A command. */
  public static Work command(String... words) {
    return new Work().set("command", List.of(words)).set("cwd", "/");
  }

  /** Any field. */
  public Work set(String name, Object value) {
    fields.put(name, value);
    return this;
  }

  /** How it moves: {@code never restart checkpoint}. */
  public Work move(String how) {
    return set("move", how);
  }

  /** For how long a host may run it without hearing from its home. */
  public Work lease(int seconds) {
    return set("lease_seconds", seconds);
  }

  /** Only there. */
  public Work on(String... nodes) {
    return set("on", List.of(nodes));
  }

  /** Anywhere but there. */
  public Work not(String... nodes) {
    return set("not", List.of(nodes));
  }

  /** So many tasks. */
  public Work times(int tasks) {
    return set("array", "1-" + tasks);
  }

  String json() {
    return new String(Json.bytes(fields), StandardCharsets.UTF_8);
  }
}
