package dev.mosey.tools.option;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.tools.Tools;
import dev.mosey.tools.Typist;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionModelTest {
  @TempDir Path directory;

  private static List<Command> commands() {
    List<Command> all = new ArrayList<>();
    for (String name : Tools.names()) {
      Command tool = Tools.find(name);
      all.add(tool);
      tool.verbs().stream().filter(verb -> !verb.later()).forEach(all::add);
    }
    return all;
  }

  private static Command verb(String tool, String verb) {
    return Tools.find(tool).verbs().stream().filter(v -> v.isCalled(verb)).findFirst().get();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-J",
        "--name",
        "-p",
        "--priority",
        "-c",
        "--cores",
        "-m",
        "--memory",
        "-a",
        "--array",
        "--each-line",
        "--after",
        "--after-any",
        "--after-each",
        "--begin",
        "-t",
        "--time-limit",
        "--retries",
        "--env",
        "--export",
        "--cwd",
        "--stdin",
        "--stdout",
        "--stderr",
        "--on",
        "--not",
        "--move",
        "--node-loss",
        "--lease",
        "--grace",
        "--checkpoint-every",
        "--lock",
        "--key",
        "--hold",
        "--dry-run",
        "--wait",
        "--follow",
        "--jar",
        "--class"
      })
  void submitHasEveryOptionOfTheContract(String name) {
    assertThat(verb("mosq", "submit").options())
        .anySatisfy(
            option -> {
              assertThat(option.names()).contains(name);
              assertThat(option.later()).isFalse();
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--in f",
        "--out g",
        "--need gpu",
        "--where fast",
        "--script s",
        "--notify c",
        "--idle-limit 5m"
      })
  void submitRefusesByNameWhatComesLater(String typed) {
    String name = typed.substring(0, typed.indexOf(' '));
    assertThat(new Typist(directory).types("mosq submit " + typed + " true"))
        .isEqualTo(new Typist.Seen(2, "", "mosq: " + name + " comes in a later release\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "submit",
        "list",
        "listall",
        "locallist",
        "locallistall",
        "show",
        "history",
        "logs",
        "wait",
        "cancel",
        "delete",
        "hold",
        "release",
        "run",
        "signal",
        "cngpri",
        "advance",
        "retard",
        "why",
        "retry"
      })
  void mosqHasEveryVerbOfTheContract(String name) {
    assertThat(verb("mosq", name).action()).isNotNull();
  }

  @Test
  void everythingThatCanBeTypedIsExplained() {
    for (Command command : commands()) {
      assertThat(command.summary()).as(command.name()).isNotBlank().doesNotEndWith(".");
      assertThat(command.examples()).as("examples of %s", command.name()).isNotEmpty();
      Set<String> names = new HashSet<>();
      List<Option> options = new ArrayList<>(command.options());
      options.addAll(Common.ALL);
      for (Option option : options) {
        assertThat(option.help()).as("%s %s", command.name(), option.name()).endsWith(".");
        assertThat(option.names()).allMatch(n -> n.matches("-[A-Za-z]|--[a-z][a-z-]+"));
        option.names().forEach(n -> assertThat(names.add(n)).as("%s is there once", n).isTrue());
      }
      command
          .operands()
          .forEach(operand -> assertThat(operand.help()).as(operand.label()).endsWith("."));
    }
  }

  @Test
  void helpShowsUsageOptionsExitsAndExamples() {
    Typist typist = new Typist(directory);
    for (Command command : commands()) {
      boolean tool = Tools.names().contains(command.name());
      List<String> words = new ArrayList<>();
      for (String name : Tools.names()) {
        if (!tool
            && Tools.find(name).verbs().stream()
                .anyMatch(verb -> verb.summary().equals(command.summary()))) {
          words.add(name);
        }
      }
      words.add(command.name());
      words.add("--help");
      Typist.Seen help = typist.runs(words);
      assertThat(help.status()).as("%s", words).isZero();
      assertThat(help.err()).isEmpty();
      assertThat(help.out()).contains("usage: ", "Exit status:", "Examples:", "--json");
      command.options().stream()
          .filter(option -> !option.later())
          .forEach(option -> assertThat(help.out()).contains(option.name()));
    }
  }

  @Test
  void theVersionIsSaid() {
    assertThat(new Typist(directory).types("mosps --version").out()).startsWith("mosps of Mosey ");
  }

  @Test
  void optionsMayStandBeforeAndAfterTheVerbAndBeWrittenInFiveWays() {
    Command mosq = Tools.find("mosq");
    for (String line :
        List.of(
            "submit -p7 x",
            "submit -p 7 x",
            "submit --priority=7 x",
            "submit --priority 7 x",
            "--json submit -p7 -- x")) {
      Parsed parsed = Parser.parse(mosq, List.of(line.split(" ")));
      Option priority =
          parsed.command().options().stream()
              .filter(option -> option.name().equals("--priority"))
              .findFirst()
              .get();
      assertThat(parsed.text(priority)).as(line).isEqualTo("7");
      assertThat(parsed.operands()).containsExactly("x");
    }
  }

  @Test
  void whatFollowsTheCommandBelongsToIt() {
    Parsed parsed =
        Parser.parse(Tools.find("mosq"), List.of("submit", "tar", "-J", "--help", "--", "-p", "x"));
    assertThat(parsed.operands()).containsExactly("tar", "-J", "--help", "--", "-p", "x");
    assertThat(parsed.values()).isEmpty();
  }

  @Test
  void switchesShareAWord() {
    Parsed parsed = Parser.parse(Tools.find("bestnode"), List.of("-wvm2G"));
    assertThat(parsed.values()).hasSize(3);
  }
}
