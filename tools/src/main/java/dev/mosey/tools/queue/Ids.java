package dev.mosey.tools.queue;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Pages;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Understands what users call jobs: {@code alpha.17}, {@code alpha.17-20}, {@code alpha.18.3},
 * {@code alpha.18.1-10}, {@code last}, {@code last.3}, {@code all}.
 */
public final class Ids {
  private static final long RANGE_MOST = 10_000;
  private static final int NUMBER_DIGITS_MOST = 18;
  private static final int LAST_WORD = "last".length();

  private Ids() {}

  /**
   * One id as typed, taken apart.
   *
   * @param job {@code alpha.18}, of the first job of a range
   * @param first first number of the range, or -1 when it is none
   * @param last last number of the range
   * @param elements whether the range is of elements, not of jobs
   */
  record Range(String job, long first, long last, boolean elements) {
    /** The ids in it, element ranges whole when that is wanted. */
    List<String> ids(boolean keepElements) {
      if (first < 0) {
        return List.of(job);
      }
      if (elements && keepElements) {
        return List.of(job + "." + first + "-" + last);
      }
      String prefix = elements ? job : job.substring(0, job.indexOf('.'));
      List<String> ids = new ArrayList<>();
      for (long n = first; n <= last; n++) {
        ids.add(prefix + "." + n);
      }
      return ids;
    }
  }

  /**
   * Parses what was typed, without {@code last} and {@code all}.
   *
   * @throws Failure wrong usage
   */
  static Range parse(String text) {
    int dot = text.indexOf('.');
    if (dot <= 0 || !isNode(text.substring(0, dot))) {
      throw malformed(text);
    }
    String node = text.substring(0, dot);
    String rest = text.substring(dot + 1);
    int second = rest.indexOf('.');
    String number = second < 0 ? rest : rest.substring(0, second);
    String range = second < 0 ? rest : rest.substring(second + 1);
    String job = node + "." + (second < 0 ? firstOf(range) : number);
    number(text, job.substring(dot + 1), 1);
    int dash = range.indexOf('-');
    if (dash < 0) {
      number(text, range, second < 0 ? 1 : 0);
      return new Range(text, -1, -1, false);
    }
    long first = number(text, range.substring(0, dash), second < 0 ? 1 : 0);
    long last = number(text, range.substring(dash + 1), 0);
    if (last < first) {
      throw Failure.usage("'" + text + "' ends before it begins", null);
    }
    if (last - first >= RANGE_MOST) {
      throw Failure.usage(
          "'" + text + "' is too long: a range has at most " + RANGE_MOST + " ids", null);
    }
    return new Range(job, first, last, second >= 0);
  }

  private static String firstOf(String range) {
    int dash = range.indexOf('-');
    return dash < 0 ? range : range.substring(0, dash);
  }

  private static boolean isNode(String name) {
    return name.chars()
        .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_');
  }

  private static long number(String text, String digits, long least) {
    boolean shaped =
        !digits.isEmpty()
            && digits.length() <= NUMBER_DIGITS_MOST
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    long value = shaped ? Long.parseLong(digits) : -1;
    if (value < least) {
      throw malformed(text);
    }
    return value;
  }

  private static Failure malformed(String text) {
    return Failure.usage(
        "'" + text + "' is not an id",
        "ids are like alpha.17, alpha.17-20, alpha.18.3, alpha.18.1-10, last or all");
  }

  /**
   * The ids that were typed.
   *
   * @param typed operands
   * @param keepElements leave ranges of elements whole, for requests that take them
   * @param allQuery what {@code all} stands for, as a query of {@code /jobs}; null: not allowed
   */
  static List<String> resolve(Run run, List<String> typed, boolean keepElements, String allQuery) {
    List<String> ids = new ArrayList<>();
    for (String text : typed) {
      switch (text) {
        case "last" -> ids.add(last(run));
        case "all" -> {
          if (allQuery == null) {
            throw Failure.usage("'all' can't be used here", "name one job");
          }
          JsonValue page = Pages.all(run.client(), "/jobs?" + allQuery, Long.MAX_VALUE);
          run.notes(page);
          page.get("items").items().forEach(item -> ids.add(item.text("id")));
        }
        default -> {
          String id = text.startsWith("last.") ? last(run) + text.substring(LAST_WORD) : text;
          ids.addAll(parse(id).ids(keepElements));
        }
      }
    }
    return ids;
  }

  /** The one id that was typed. */
  public static String one(Run run, String typed) {
    List<String> ids = resolve(run, List.of(typed), false, null);
    if (ids.size() != 1) {
      throw Failure.usage("'" + typed + "' is more than one", "name one");
    }
    return ids.getFirst();
  }

  private static String last(Run run) {
    return run.client().ask(Request.get("/jobs/last")).json().text("id");
  }
}
