package dev.mosey.tools.client;

import dev.mosey.tools.json.JsonValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Lists that come in parts. */
public final class Pages {
  private static final int PAGE = 500;

  private Pages() {}

  /**
   * A whole list as one value with {@code items}, {@code incomplete} and {@code notes}.
   *
   * @param path with a query
   * @param most how many items at most; when there are more, {@code next} says so
   */
  public static JsonValue.Members all(Client client, String path, long most) {
    List<JsonValue> items = new ArrayList<>();
    Set<String> incomplete = new LinkedHashSet<>();
    Set<String> notes = new LinkedHashSet<>();
    String next = null;
    do {
      long limit = Math.min(PAGE, most - items.size());
      String query = path + (path.indexOf('?') < 0 ? "?" : "&") + "limit=" + limit;
      JsonValue page =
          client.ask(Request.get(next == null ? query : query + "&after=" + encode(next))).json();
      items.addAll(page.get("items").items());
      incomplete.addAll(page.texts("incomplete"));
      notes.addAll(page.texts("notes"));
      next = page.text("next");
    } while (next != null && items.size() < most);
    return new JsonValue.Members()
        .put("items", items)
        .put("next", next)
        .put("incomplete", incomplete.isEmpty() ? null : List.copyOf(incomplete))
        .put("notes", notes.isEmpty() ? null : List.copyOf(notes));
  }

  /** For a query or a path. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Adds {@code name=value&} to a query; nothing for null. */
  public static void add(StringBuilder query, String name, String value) {
    if (value != null) {
      query.append(name).append('=').append(encode(value)).append('&');
    }
  }
}
