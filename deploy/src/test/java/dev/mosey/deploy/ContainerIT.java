package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.deploy.Installation.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/**
 * The container file and the compose file. No container engine is needed: the very commands and
 * environments that they name run here in namespaces of Linux, each node with its host name and its
 * volumes, on one private network.
 */
class ContainerIT {
  private static final Pattern IN_IMAGE = Pattern.compile("/opt/mosey/([^\\s\"\\],:]+)");

  private final Path root = Path.of(System.getProperty("mosey.root"));
  private final Path distribution = root.resolve("deploy/target/mosey");
  private final List<String> instructions = instructions();
  private final Map<String, Map<String, Object>> services = services();

  @Test
  void everyInstructionIsOneAndEveryPathIsInTheDistribution() {
    assertThat(instructions)
        .allMatch(
            line ->
                line.matches(
                    "(FROM|RUN|COPY|ENV|USER|WORKDIR|VOLUME|EXPOSE|HEALTHCHECK|STOPSIGNAL"
                        + "|ENTRYPOINT) .+"));
    Matcher path = IN_IMAGE.matcher(String.join("\n", instructions));
    int paths = 0;
    while (path.find()) {
      assertThat(distribution.resolve(path.group(1))).exists();
      paths++;
    }
    assertThat(paths).isGreaterThanOrEqualTo(3);
    assertThat(instruction("USER")).isNotEqualTo("root");
    assertThat(instructions.indexOf("USER " + instruction("USER")))
        .isLessThan(instructions.indexOf("ENTRYPOINT " + instruction("ENTRYPOINT")));
  }

  @Test
  void composeBuildsFromTheDistributionAndWaitsForTheDrain() {
    assertThat(services).containsOnlyKeys("alpha", "beta", "gamma");
    Path compose = root.resolve("deploy/container");
    services.forEach(
        (name, service) -> {
          Map<?, ?> build = (Map<?, ?>) service.get("build");
          Path context = compose.resolve((String) build.get("context")).normalize();
          assertThat(context).isEqualTo(distribution);
          assertThat(context.resolve((String) build.get("dockerfile"))).exists();
          assertThat(service).containsEntry("hostname", name);
          assertThat((String) service.get("stop_grace_period")).isEqualTo("100s");
          assertThat(service.get("volumes").toString())
              .contains(name + ":/var/lib/mosey", "key:/var/lib/mosey-key");
        });
  }

  @Test
  void itsCommandsFormAClusterOfThreeThatIsHealthyAndStopsWithStatusZero() throws IOException {
    try (Installation mosey = new Installation()) {
      Path script = mosey.folder().resolve("compose.sh");
      Files.write(script, script(mosey.folder()));
      List<String> command = new ArrayList<>(List.of("unshare"));
      if (!System.getProperty("user.name").equals("root")) {
        command.add("--map-root-user");
      }
      command.addAll(List.of("--mount", "--net", "--uts", "--pid", "--fork", "--kill-child"));
      command.addAll(List.of("--mount-proc", "sh", "-e", script.toString()));
      Said said = mosey.run(Duration.ofMinutes(2), command.toArray(String[]::new));
      String all = said.out() + said.err();
      assertThat(all).contains("alpha ended with 0", "beta ended with 0", "gamma ended with 0");
      assertThat(all).contains("healthy: alpha", "healthy: beta", "healthy: gamma");
      assertThat(all).containsPattern("(beta|gamma) is up in a cluster of 3, https://");
      assertThat(all).contains("ran on its volume").doesNotContain("warning:");
    }
  }

  /** Does what the engine would: networks, names, volumes, dependencies, health, stop. */
  private List<String> script(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("mount --make-rprivate /; ip link set lo up; mkdir " + folder + "/volume-key");
    List<String> hosts = new ArrayList<>(List.of("127.0.0.1 localhost"));
    int number = 0;
    for (String name : services.keySet()) {
      hosts.add("10.77.0." + ++number + " " + name);
      lines.add("ip address add 10.77.0." + number + "/32 dev lo");
    }
    Files.write(folder.resolve("hosts"), hosts);
    lines.add("mount --bind " + folder + "/hosts /etc/hosts");
    for (String name : services.keySet()) {
      String lib = folder + "/lib-" + name;
      lines.add("mkdir -p " + lib + "/mosey " + lib + "/mosey-key");
      lines.add("mount --bind " + folder + "/volume-key " + lib + "/mosey-key");
      String inside =
          "hostname %s; mount --rbind %s /var/lib; exec env -i %s %s"
              .formatted(name, lib, environment(name), here(word(instruction("ENTRYPOINT"))));
      lines.add("unshare --uts --mount sh -c '" + inside + "' &");
      lines.add(name + "=$!; n=0");
      String check = instruction("HEALTHCHECK").replaceFirst(".*? CMD ", "");
      lines.add("until env -i " + environment(name) + " sh -c '" + check + "' 2>/dev/null; do");
      lines.add("  n=$((n+1)); [ $n -lt 300 ]; sleep 0.2");
      lines.add("done");
      lines.add("echo healthy: " + name);
    }
    String tools = "env -i MOSEY_NO_SERVER=1 %s ".formatted(environment("alpha"));
    lines.add("mount --rbind " + folder + "/lib-alpha /var/lib");
    lines.add(
        tools
            + distribution
            + "/bin/mosq submit --wait --on alpha -- test -d /var/lib/mosey/alpha");
    lines.add("echo ran on its volume");
    lines.add("kill -TERM $alpha $beta $gamma");
    services
        .keySet()
        .forEach(
            name ->
                lines.add("wait $" + name + " && s=0 || s=$?; echo " + name + " ended with $s"));
    return lines;
  }

  /** What the image and the service set, with this machine's paths for the image's. */
  private String environment(String service) {
    Map<String, String> environment = new TreeMap<>();
    for (String instruction : instructions) {
      if (instruction.startsWith("ENV ")) {
        for (String pair : instruction.substring(4).split(" ")) {
          environment.put(pair.split("=", 2)[0], pair.split("=", 2)[1]);
        }
      }
    }
    ((Map<?, ?>) services.get(service).get("environment"))
        .forEach((name, value) -> environment.put(name.toString(), value.toString()));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("PATH", System.getenv("PATH"));
    StringBuilder words = new StringBuilder();
    environment.forEach((name, value) -> words.append(name + "=\"" + value + "\" "));
    return words.toString();
  }

  private String here(String path) {
    return path.replace("/opt/mosey", distribution.toString());
  }

  /** The one word of an instruction in exec form. */
  private static String word(String execForm) {
    assertThat(execForm).matches("\\[\"[^\"]+\"]");
    return execForm.substring(2, execForm.length() - 2);
  }

  private String instruction(String name) {
    return instructions.stream()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1))
        .reduce((first, last) -> last)
        .orElseThrow();
  }

  private List<String> instructions() {
    try {
      String text = Files.readString(root.resolve("deploy/container/Containerfile"));
      return text.replaceAll("(?m)^#.*\n", "")
          .replaceAll("\\\\\n\\s*", "")
          .lines()
          .filter(line -> !line.isBlank())
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Map<String, Map<String, Object>> services() {
    try {
      Map<String, Object> compose =
          new Yaml().load(Files.readString(root.resolve("deploy/container/compose.yaml")));
      @SuppressWarnings("unchecked")
      Map<String, Map<String, Object>> services =
          (Map<String, Map<String, Object>>) compose.get("services");
      return new TreeMap<>(services);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
