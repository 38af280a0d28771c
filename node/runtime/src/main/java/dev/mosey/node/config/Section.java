package dev.mosey.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Reads one section of the settings, for instance {@code mosd.cluster}. A value of the wrong type
 * or out of its range is reported to the {@link Problems}, and the default stands in, so that
 * reading goes on and finds the next one. Every key must have a default in {@code reference.conf}.
 */
public final class Section {
  /** The value of a key for "this node finds out by itself". */
  public static final String AUTO = "auto";

  private final String path;
  private final Config config;
  private final Config defaults;
  private final Problems problems;

  Section(String path, Config config, Config defaults, Problems problems) {
    this.path = path;
    this.config = config;
    this.defaults = defaults;
    this.problems = problems;
  }

  /** A section in this one. */
  public Section in(String name) {
    return new Section(path + "." + name, config, defaults, problems);
  }

  /** Where problems of this section go, for checks across several keys. */
  public Problems problems() {
    return problems;
  }

  /** Text; never null, possibly empty. */
  public String text(String key) {
    return read(key, from -> from.getString(at(key)), value -> null, "text");
  }

  /** Whether something is on: {@code on, off, true, false, yes, no}. */
  public boolean flag(String key) {
    return read(key, from -> from.getBoolean(at(key)), value -> null, "on or off");
  }

  /** A whole number between {@code least} and {@code most}, both inclusive. */
  public int whole(String key, int least, int most) {
    return read(
        key,
        from -> isAutoIn(from, key) ? least : from.getInt(at(key)),
        value -> range(value, least, most),
        "a whole number");
  }

  /** A number between {@code least} and {@code most}, both inclusive. */
  public double number(String key, double least, double most) {
    return read(
        key,
        from -> isAutoIn(from, key) ? least : from.getDouble(at(key)),
        value -> range(value, least, most),
        "a number");
  }

  /** A length of time ({@code 500ms}, {@code 10s}, {@code 5m}) within these bounds, inclusive. */
  public Duration duration(String key, Duration least, Duration most) {
    return read(
        key,
        from -> from.getDuration(at(key)),
        value ->
            value.compareTo(least) < 0 || value.compareTo(most) > 0
                ? "must be between " + words(least) + " and " + words(most)
                : null,
        "a length of time like 500ms, 10s or 5m");
  }

  /** A size in bytes ({@code 64K}, {@code 2G}) within these bounds, inclusive. */
  public long bytes(String key, long least, long most) {
    return read(
        key,
        from -> from.getBytes(at(key)),
        value ->
            value < least || value > most
                ? "must be between " + least + " and " + most + " bytes"
                : null,
        "a size like 64K, 512M or 2G");
  }

  /** A list of texts; a text with commas is taken as one, as environment variables have it. */
  public List<String> list(String key) {
    return read(key, from -> texts(from.getValue(at(key))), value -> null, "a list");
  }

  /**
   * Amounts by name, not negative; {@code gpu=2,licence=1} is taken as well, as environment
   * variables and flags have it.
   */
  public Map<String, Double> amounts(String key) {
    return read(
        key,
        from -> amounts(from.getValue(at(key))),
        value ->
            value.values().stream().anyMatch(amount -> amount < 0 || amount.isNaN())
                ? "must not be negative"
                : null,
        "amounts by name, like gpu = 2");
  }

  /**
   * What this text means.
   *
   * @param meaning throws an IllegalArgumentException whose message is a sentence for the user
   */
  public <T> T parsed(String key, Function<String, T> meaning) {
    String text = text(key);
    try {
      return meaning.apply(text);
    } catch (IllegalArgumentException refused) {
      problems.refuse(where(key) + refused.getMessage(), null);
      return null;
    }
  }

  /** Whether the user left it to this node: the value is {@value #AUTO}. */
  public boolean isAuto(String key) {
    ConfigValue value = config.getValue(at(key));
    return AUTO.equals(value.unwrapped());
  }

  /** A default may be {@value #AUTO}: what a refused value is replaced by is never used. */
  private boolean isAutoIn(Config from, String key) {
    return from == defaults && AUTO.equals(from.getValue(at(key)).unwrapped());
  }

  /** Whether somebody set another value than the default. */
  public boolean isSet(String key) {
    return !config.getValue(at(key)).equals(defaults.getValue(at(key)));
  }

  /** Reports something about a key, with the place where it was set. */
  public void refuse(String key, String what, String hint) {
    problems.refuse(where(key) + what, hint);
  }

  private <T> T read(
      String key, Function<Config, T> reader, Function<T, String> objection, String expected) {
    try {
      T value = reader.apply(config);
      String refused = objection.apply(value);
      if (refused == null) {
        return value;
      }
      problems.refuse(where(key) + shown(key) + " " + refused, null);
    } catch (ConfigException | IllegalArgumentException wrongType) {
      problems.refuse(where(key) + shown(key) + " is not " + expected, null);
    }
    return reader.apply(defaults);
  }

  private String where(String key) {
    return Problems.place(config.getValue(at(key)).origin()) + ": ";
  }

  private String shown(String key) {
    return at(key) + " = " + config.getValue(at(key)).unwrapped();
  }

  private String at(String key) {
    return path + "." + key;
  }

  private static String range(double value, double least, double most) {
    return value >= least && value <= most
        ? null
        : "must be between " + plain(least) + " and " + plain(most);
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }

  private static String words(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }

  private static List<String> texts(ConfigValue value) {
    List<String> texts = new ArrayList<>();
    if (value instanceof ConfigList list) {
      for (ConfigValue each : list) {
        if (each.unwrapped() == null || each instanceof ConfigObject) {
          throw new IllegalArgumentException("not a text");
        }
        texts.add(String.valueOf(each.unwrapped()));
      }
    } else if (value instanceof ConfigObject) {
      throw new IllegalArgumentException("not a list");
    } else {
      for (String each : String.valueOf(value.unwrapped()).split(",")) {
        if (!each.isBlank()) {
          texts.add(each.strip());
        }
      }
    }
    return List.copyOf(texts);
  }

  private static Map<String, Double> amounts(ConfigValue value) {
    Map<String, Double> amounts = new TreeMap<>();
    if (value instanceof ConfigObject object) {
      object.forEach(
          (name, amount) -> amounts.put(name, Double.valueOf(String.valueOf(amount.unwrapped()))));
    } else {
      for (String each : texts(value)) {
        int equals = each.indexOf('=');
        if (equals < 1) {
          throw new IllegalArgumentException("expected NAME=N");
        }
        amounts.put(each.substring(0, equals).strip(), Double.valueOf(each.substring(equals + 1)));
      }
    }
    return Map.copyOf(amounts);
  }
}
