package dev.mosey.tools.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mosey.tools.Tools;
import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Option;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocsTest {
  @TempDir static Path directory;

  @BeforeAll
  static void generate() throws IOException {
    GenerateDocs.write(directory);
  }

  private static List<Command> tools() {
    List<Command> tools = new ArrayList<>();
    Tools.names().forEach(name -> tools.add(Tools.find(name)));
    tools.add(Mosd.command());
    tools.add(Mosim.command());
    return tools;
  }

  private static Stream<Option> options(Command tool) {
    return Stream.concat(Stream.of(tool), tool.verbs().stream())
        .flatMap(command -> command.options().stream())
        .filter(option -> !option.later());
  }

  @Test
  void eachToolHasAManualPageThatNamesEachOfItsOptions() throws IOException {
    for (Command tool : tools()) {
      String page = Files.readString(directory.resolve("man/man1/" + tool.name() + ".1"));
      assertThat(page).startsWith(".TH ").contains(".SH NAME\n", ".SH SYNOPSIS\n", ".SH EXAMPLES");
      assertThat(page.lines())
          .as(tool.name())
          .allSatisfy(
              line -> assertThat(line).doesNotStartWith("'").matches("(\\.[A-Za-z]{1,2}|[^.]).*|"));
      options(tool).forEach(option -> assertThat(page).contains(ManualPage.text(option.name())));
      for (String alias : tool.aliases()) {
        assertThat(directory.resolve("man/man1/" + alias + ".1"))
            .hasContent(".so man1/" + tool.name() + ".1");
      }
    }
  }

  @Test
  void manFindsNothingToWarnAbout() throws Exception {
    assumeTrue(isInstalled("man") && isInstalled("groff"), "man is not installed");
    for (Command tool : tools()) {
      Path page = directory.resolve("man/man1/" + tool.name() + ".1");
      String checked = "man --warnings -E UTF-8 -l -Tutf8 -Z " + page + " 2>&1 >/dev/null";
      assertThat(run("bash", "-c", checked)).as(tool.name()).isEmpty();
    }
  }

  @Test
  void bashUnderstandsTheCompletions() throws Exception {
    for (Command tool : tools()) {
      Path script = directory.resolve("completions/bash/" + tool.name());
      assertThat(run("bash", "-n", script.toString())).as(tool.name()).isEmpty();
    }
  }

  @Test
  void bashProposesVerbsOptionsAndWords() throws Exception {
    assertThat(completed("mosq", "mosq", "can")).containsExactly("cancel");
    assertThat(completed("mosq", "mosq", "submit", "--node-l")).containsExactly("--node-loss");
    assertThat(completed("mosq", "mosq", "submit", "--move", "res")).containsExactly("restart");
    assertThat(completed("mosq", "mosq", "--node", "x", "wait", "--time"))
        .containsExactly("--timeout");
    assertThat(completed("mosctl", "mosctl", "no")).containsExactly("nostay", "noblock");
    assertThat(completed("mosd", "mosd", "--rol")).containsExactly("--role");
  }

  private static List<String> completed(String tool, String... words) throws Exception {
    StringBuilder script = new StringBuilder("source ");
    script.append(directory.resolve("completions/bash/" + tool)).append("\nCOMP_WORDS=(");
    for (String word : words) {
      script.append('\'').append(word).append("' ");
    }
    script.append(")\nCOMP_CWORD=").append(words.length - 1).append("\n_mosey_").append(tool);
    script.append("\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
    return run("bash", "-c", script.toString()).lines().toList();
  }

  @Test
  void zshAndFishGetEachOption() throws IOException {
    for (Command tool : tools()) {
      String zsh = Files.readString(directory.resolve("completions/zsh/_" + tool.name()));
      String fish =
          Files.readString(directory.resolve("completions/fish/" + tool.name() + ".fish"));
      assertThat(zsh).startsWith("#compdef " + tool.name());
      for (String alias : tool.aliases()) {
        assertThat(directory.resolve("completions/zsh/_" + alias))
            .content()
            .startsWith("#compdef " + alias + "\n")
            .contains("\n_" + tool.name() + " ");
        assertThat(directory.resolve("completions/fish/" + alias + ".fish"))
            .hasContent("complete -c " + alias + " -f -w " + tool.name());
      }
      assertThat(count(zsh.replace("'\\''", ""), '\'') % 2)
          .as("quotes of %s", tool.name())
          .isZero();
      options(tool)
          .flatMap(option -> option.names().stream())
          .forEach(
              name -> {
                assertThat(zsh).contains(name + "[");
                assertThat(fish)
                    .contains(
                        name.startsWith("--")
                            ? "-l " + name.substring(2)
                            : "-s " + name.substring(1));
              });
    }
  }

  @Test
  void zshUnderstandsTheCompletions() throws Exception {
    assumeTrue(isInstalled("zsh"), "zsh is not installed");
    for (Command tool : tools()) {
      assertThat(run("zsh", "-n", directory.resolve("completions/zsh/_" + tool.name()).toString()))
          .isEmpty();
    }
  }

  private static long count(String text, char c) {
    return text.chars().filter(each -> each == c).count();
  }

  private static boolean isInstalled(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, "out", "");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .start();
    process.waitFor();
    return new String(Files.readAllBytes(out), StandardCharsets.ISO_8859_1);
  }
}
