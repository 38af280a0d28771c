package dev.mosey.node.gateway;

import java.util.Map;
import java.util.TreeMap;

/**
 * Metrics in the text format of Prometheus 0.0.4. Names begin with {@code mosey_}; those that end
 * in {@code _total} are counters, all others gauges. A name may carry labels in the usual form,
 * {@code mosey_jobs{state="waiting"}}.
 */
final class PrometheusText {
  private static final String UNKNOWN = "Not described.";
  private static final Map<String, String> HELP =
      Map.ofEntries(
          Map.entry("mosey_up", "1 while the daemon runs."),
          Map.entry("mosey_ready", "1 while the node is Up and its books are open."),
          Map.entry("mosey_books_open", "1 while the books of this home are open."),
          Map.entry("mosey_members", "Members of the cluster as this node sees them."),
          Map.entry("mosey_members_unreachable", "Members that do not answer this node."),
          Map.entry("mosey_requests_total", "Requests to the interface, by entry."),
          Map.entry("mosey_event_watchers", "Clients that follow the events of this node."),
          Map.entry("mosey_events_total", "Events that were told since the start."),
          Map.entry(
              "mosey_event_watchers_cut_off_total",
              "Clients that read too slowly and were cut off."),
          Map.entry("mosey_tasks", "Tasks in the books of this home, by state."),
          Map.entry("mosey_home_jobs", "Jobs in the books of this home."),
          Map.entry("mosey_home_tasks_live", "Tasks of this home that have not ended."),
          Map.entry("mosey_home_tasks_waiting", "Tasks in the queue of this home."),
          Map.entry(
              "mosey_home_books_epoch",
              "Epoch of the books: grows when they are opened in a new way."),
          Map.entry("mosey_home_books_opening", "How often the books were opened."),
          Map.entry(
              "mosey_home_history_lag_rows", "Ended tasks that the history has not taken yet."),
          Map.entry("mosey_home_hosts", "Hosts with tasks of this home."),
          Map.entry(
              "mosey_home_pending_requests",
              "Requests that wait for the next write to the journal."),
          Map.entry(
              "mosey_home_recovery_seconds",
              "When the last of what runs would run again, were all hosts lost now."),
          Map.entry("mosey_load", "Exported load: runnable work over cores and speed."),
          Map.entry(
              "mosey_load_own",
              "The load that this node uses about itself; rises slowly, falls at once."),
          Map.entry("mosey_load_foreign", "The part of the load that is other people's work."),
          Map.entry("mosey_speed", "Speed of a core relative to the standard core."),
          Map.entry("mosey_cores", "Cores that may be used."),
          Map.entry("mosey_memory_free_mebibytes", "Memory that is available."),
          Map.entry("mosey_swap_free_mebibytes", "Swap of the machine that is free."),
          Map.entry("mosey_load_table_nodes", "Nodes whose load is known."),
          Map.entry(
              "mosey_load_age_average_seconds", "Average age of what is known of the others."),
          Map.entry("mosey_load_age_max_seconds", "Greatest age of what is known of the others."),
          Map.entry(
              "mosey_load_age_expected_seconds",
              "The average age that the window and the number of nodes lead to; NaN for too few."),
          Map.entry("mosey_load_samples_total", "Samples of this machine."),
          Map.entry(
              "mosey_gossip_window_reports",
              "Reports in a message, chosen from the wanted average age and the number of nodes."),
          Map.entry("mosey_gossip_sent_total", "Gossip messages sent."),
          Map.entry("mosey_gossip_received_total", "Gossip messages received."),
          Map.entry("mosey_gossip_reports_merged_total", "Reports of other nodes that were news."),
          Map.entry("mosey_tunes_version", "Version of the tunes in force."),
          Map.entry("mosey_balance_rounds_total", "Rounds of balancing."),
          Map.entry("mosey_moves_begun_total", "Moves from this node that were begun."),
          Map.entry("mosey_moves_done_total", "Moves from this node that were committed."),
          Map.entry("mosey_moves_failed_total", "Moves from this node that were given up."),
          Map.entry("mosey_moves_under_way", "Moves from this node that are under way."),
          Map.entry(
              "mosey_moves_watched", "Moves that were made for a gain and are not judged yet."),
          Map.entry("mosey_moves_judged_total", "Moves whose realised gain is known."),
          Map.entry("mosey_moves_gain_predicted_seconds", "What the judged moves were made for."),
          Map.entry("mosey_moves_gain_realised_seconds", "What the judged moves have gained."),
          Map.entry(
              "mosey_moves_caution",
              "By how much a gain must exceed its price: 1, or more while moves do not pay."),
          Map.entry(
              "mosey_move_pause_seconds_total", "Time for which moving processes stood still."),
          Map.entry("mosey_link_round_trip_seconds", "To another node and back, as measured last."),
          Map.entry(
              "mosey_link_carry_bytes_per_second",
              "At which another node fetches, checks and keeps an image of this one."),
          Map.entry("mosey_tasks_placed_total", "Tasks that this home has placed on hosts."),
          Map.entry("mosey_placing_rounds_total", "Rounds of placing."),
          Map.entry(
              "mosey_queue_blocked_jobs",
              "Heads of the queue that found no room in the last round."),
          Map.entry("mosey_invitations_sent_total", "Invitations to homes to send work here."),
          Map.entry(
              "mosey_enquiries_sent_total",
              "Hosts asked how they are before something was placed."),
          Map.entry(
              "mosey_invitations_received_total", "Invitations of hosts to send work there."));

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
            .append(HELP.getOrDefault(name, UNKNOWN))
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

  private static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** A name with one label. */
  static String with(String name, String label, String value) {
    return name + "{" + label + "=\"" + escaped(value) + "\"}";
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
