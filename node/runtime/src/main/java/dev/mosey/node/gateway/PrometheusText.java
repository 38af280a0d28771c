package dev.mosey.node.gateway;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Metrics in the text format of Prometheus 0.0.4. Names begin with {@code mosey_}; those that end
 * in {@code _total} are counters, all others gauges. A name may carry labels in the usual form,
 * {@code mosey_jobs{state="waiting"}}.
 */
final class PrometheusText {
  private static final Map<String, String> HELP =
      Map.ofEntries(
          Map.entry("mosey_up", "1 while the daemon runs."),
          Map.entry("mosey_books_open", "1 while the books of this home are open."),
          Map.entry("mosey_members", "Members of the cluster as this node sees them."),
          Map.entry("mosey_members_unreachable", "Members that do not answer this node."),
          Map.entry("mosey_load", "Exported load: runnable work over cores and speed."),
          Map.entry("mosey_tasks", "Tasks of this home by state."),
          Map.entry("mosey_requests_total", "Requests to the interface, by entry."));

  private PrometheusText() {}

  /** The text of these values, by name with labels; sorted, each family with its help and type. */
  static String render(Map<String, Double> values) {
    StringBuilder text = new StringBuilder();
    String family = "";
    for (Map.Entry<String, Double> entry : byFamily(values).entrySet()) {
      String name = entry.getKey().replaceFirst("\\{.*", "");
      if (!name.equals(family)) {
        family = name;
        text.append("# HELP ")
            .append(name)
            .append(' ')
            .append(HELP.getOrDefault(name, words(name)))
            .append('\n');
        text.append("# TYPE ")
            .append(name)
            .append(' ')
            .append(name.endsWith("_total") ? "counter" : "gauge")
            .append('\n');
      }
      text.append(entry.getKey()).append(' ').append(number(entry.getValue())).append('\n');
    }
    return text.toString();
  }

  /** Sorts by name first and labels second, so that a family stays together. */
  private static Map<String, Double> byFamily(Map<String, Double> values) {
    Map<String, Double> sorted =
        new TreeMap<>(
            java.util.Comparator.comparing((String key) -> key.replaceFirst("\\{.*", ""))
                .thenComparing(java.util.Comparator.naturalOrder()));
    sorted.putAll(values);
    return sorted;
  }

  private static String words(String name) {
    String words = name.replaceFirst("^mosey_", "").replaceFirst("_total$", "").replace('_', ' ');
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1) + ".";
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** A label's value with what the format wants escaped. */
  static String label(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
