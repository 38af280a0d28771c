package dev.mosey.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Puts the settings together: flags win over environment variables ({@code MOSD_...}), those over
 * the file, and the file over {@code reference.conf}. Whatever is wrong is reported to {@link
 * Problems}, all at once, with file and line.
 */
public final class SettingsLoader {
  private static final String ROOT = "mosd";
  private static final String VARIABLE = "MOSD_";

  /** Read by launchers or by the option parser, not keys of the file. */
  private static final Set<String> OTHER_VARIABLES =
      Set.of("MOSD_CONFIG", "MOSD_JAVA_OPTS", "MOSD_HOME", "MOSD_LOG_LEVEL");

  private static final Map<String, String> RENAMED =
      Map.of(
          "mosd.seeds", "mosd.seed",
          "mosd.roles", "mosd.role",
          "mosd.labels", "mosd.label",
          "mosd.resources", "mosd.resource");

  private final Config reference;
  private final Map<String, ConfigValue> known = new TreeMap<>();
  private final Map<String, String> environment;
  private final Problems problems;

  private SettingsLoader(Map<String, String> environment, Problems problems) {
    this.reference = ConfigFactory.defaultReference();
    this.environment = environment;
    this.problems = problems;
    collect(ROOT, reference.getObject(ROOT));
  }

  /**
   * Loads.
   *
   * @param flags given on the command line, by key below {@code mosd}: text, or a list of texts
   * @param file the configuration file, or null
   * @param environment as the process has it
   * @param problems what is wrong goes here; if there are refusals the result must not be used
   */
  public static NodeSettings load(
      Map<String, Object> flags, Path file, Map<String, String> environment, Problems problems) {
    SettingsLoader loader = new SettingsLoader(environment, problems);
    Config given =
        flagged(flags)
            .withFallback(loader.fromEnvironment())
            .withFallback(file == null ? ConfigFactory.empty() : loader.fromFile(file));
    Config all = given.withFallback(loader.reference);
    Section mosd = new Section(ROOT, all, loader.reference, problems);
    return NodeSettings.read(mosd, new Places(environment), given);
  }

  private static Config flagged(Map<String, Object> flags) {
    Config config = ConfigFactory.empty();
    for (Map.Entry<String, Object> flag : flags.entrySet()) {
      ConfigValue value =
          ConfigValueFactory.fromAnyRef(flag.getValue())
              .withOrigin(ConfigOriginFactory.newSimple("--" + flag.getKey()));
      config = config.withValue(ROOT + "." + flag.getKey(), value);
    }
    return config;
  }

  private Config fromEnvironment() {
    Map<String, String> keyOf = new TreeMap<>();
    known.keySet().forEach(key -> keyOf.put(variable(key), key));
    Config config = ConfigFactory.empty();
    for (Map.Entry<String, String> each : new TreeMap<>(environment).entrySet()) {
      String variable = each.getKey();
      String key = keyOf.get(variable);
      if (key != null && !each.getValue().isEmpty()) {
        ConfigValue value =
            ConfigValueFactory.fromAnyRef(each.getValue())
                .withOrigin(ConfigOriginFactory.newSimple(variable));
        config = config.withValue(key, value);
      } else if (key == null
          && variable.startsWith(VARIABLE)
          && !OTHER_VARIABLES.contains(variable)) {
        problems.warn(
            variable + " is set, but there is no such setting",
            Nearest.hint(variable, keyOf.keySet()));
      }
    }
    return config;
  }

  private Config fromFile(Path file) {
    try {
      Config parsed =
          ConfigFactory.parseFile(
                  file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
              .resolve();
      Config config = parsed;
      for (Map.Entry<String, String> renamed : RENAMED.entrySet()) {
        config = withNewName(config, renamed.getKey(), renamed.getValue());
      }
      checkKnown("", config.root());
      return config;
    } catch (ConfigException.IO unreadable) {
      problems.refuse(
          "the configuration file " + file + " can't be read",
          "name an existing file with --config");
    } catch (ConfigException malformed) {
      String message = malformed.getMessage().lines().findFirst().orElse("not readable");
      problems.refuse(message.replaceFirst("^(.*?): (\\d+): ", "$1:$2: "), null);
    }
    return ConfigFactory.empty();
  }

  private Config withNewName(Config config, String oldName, String newName) {
    if (!config.hasPath(oldName)) {
      return config;
    }
    ConfigValue value = config.getValue(oldName);
    problems.warn(
        Problems.place(value.origin()) + ": " + oldName + " is called " + newName,
        "rename it; the old name still works");
    Config without = config.withoutPath(oldName);
    return without.hasPath(newName) ? without : without.withValue(newName, value);
  }

  private void checkKnown(String prefix, ConfigObject object) {
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      String key = prefix + ConfigUtil.quoteString(entry.getKey()).replace("\"", "");
      ConfigValue value = entry.getValue();
      if (key.equals("pekko") || known.containsKey(key)) {
        continue;
      }
      boolean section = known.keySet().stream().anyMatch(each -> each.startsWith(key + "."));
      if (section && value instanceof ConfigObject inner) {
        checkKnown(key + ".", inner);
      } else if (section) {
        problems.refuse(
            Problems.place(value.origin()) + ": " + key + " is a section",
            "write " + key + " { ... }");
      } else {
        problems.refuse(
            Problems.place(value.origin()) + ": there is no setting " + key,
            Nearest.hint(key, known.keySet()));
      }
    }
  }

  private void collect(String path, ConfigObject object) {
    object.forEach(
        (name, value) -> {
          String key = path + "." + name;
          boolean section =
              value.valueType() == ConfigValueType.OBJECT && !((ConfigObject) value).isEmpty();
          if (section) {
            collect(key, (ConfigObject) value);
          } else {
            known.put(key, value);
          }
        });
  }

  /** {@code mosd.cluster.stable-after} is {@code MOSD_CLUSTER_STABLE_AFTER}. */
  static String variable(String key) {
    return key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
