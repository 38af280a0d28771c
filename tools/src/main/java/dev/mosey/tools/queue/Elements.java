package dev.mosey.tools.queue;

import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Pages;
import dev.mosey.tools.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** The elements of arrays that were named. */
final class Elements {
  private static final int AT_ONCE = 100;

  private Elements() {}

  /** The ids of a job's elements; its own when it has none. */
  static List<String> ids(JsonValue job) {
    String id = job.text("id");
    String range = job.text("array");
    if (range == null) {
      return List.of(id);
    }
    ArraySpec array = ArraySpec.parse(range);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      ids.add(id + "." + array.indexAt(i));
    }
    return ids;
  }

  /** Asks for named jobs and elements; a page with {@code items}, {@code incomplete}, notes. */
  static JsonValue.Members named(Run run, List<String> ids) {
    List<JsonValue> items = new ArrayList<>();
    List<String> incomplete = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (int from = 0; from < ids.size(); from += AT_ONCE) {
      List<String> part = ids.subList(from, Math.min(ids.size(), from + AT_ONCE));
      JsonValue page =
          Pages.all(
              run.client(), "/jobs?ids=" + Pages.encode(String.join(",", part)), Long.MAX_VALUE);
      items.addAll(page.get("items").items());
      page.texts("incomplete").stream()
          .filter(h -> !incomplete.contains(h))
          .forEach(incomplete::add);
      page.texts("notes").stream().filter(n -> !notes.contains(n)).forEach(notes::add);
    }
    return new JsonValue.Members()
        .put("items", items)
        .put("incomplete", incomplete.isEmpty() ? null : incomplete)
        .put("notes", notes.isEmpty() ? null : notes);
  }

  /** The same page with each array replaced by its elements. */
  static JsonValue.Members opened(Run run, JsonValue.Members page) {
    List<String> ids = new ArrayList<>();
    page.get("items").items().forEach(job -> ids.addAll(ids(job)));
    return named(run, ids);
  }
}
