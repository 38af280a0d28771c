package dev.mosey.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.tools.Typist.Seen;
import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Operand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What can't be meant is wrong usage, 2, in every tool and verb, before any node is asked. {@code
 * mosq wait} keeps 2 for the program.
 */
class UsageTest {
  @TempDir Path directory;
  private final FakeNode node = new FakeNode();

  @AfterEach
  void stop() {
    node.close();
  }

  static Stream<Arguments> commands() {
    return Tools.names().stream()
        .flatMap(
            name -> {
              Command tool = Tools.find(name);
              return Stream.concat(
                  Stream.of(Arguments.of(name, tool)),
                  tool.offeredVerbs().stream()
                      .map(verb -> Arguments.of(name + " " + verb.name(), verb)));
            });
  }

  private Seen types(String line) {
    Seen seen = new Typist(directory).at(node).types(line);
    assertThat(node.asked()).as(line).isEmpty();
    return seen;
  }

  private void isWrongUsage(String line) {
    Seen seen = types(line);
    assertThat(seen.status())
        .as("%s: %s", line, seen)
        .isEqualTo(line.startsWith("mosq wait") ? 125 : 2);
    assertThat(seen.out()).as(line).isEmpty();
    assertThat(seen.err().lines().toList()).as(line).hasSizeBetween(1, 2);
  }

  private static String many(int count) {
    return String.join("", Collections.nCopies(count, " alpha.1"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("commands")
  void aWrongFlagAMissingWordAndAStrayWordAreWrongUsage(String line, Command command) {
    isWrongUsage(line + " --no-such-flag");
    int least = command.operands().stream().mapToInt(Operand::least).sum();
    if (least > 0) {
      isWrongUsage(line + many(least - 1));
    }
    boolean bounded = command.operands().stream().allMatch(each -> each.most() < Integer.MAX_VALUE);
    if (bounded) {
      isWrongUsage(line + many(1 + command.operands().stream().mapToInt(Operand::most).sum()));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("commands")
  void anOptionWithoutItsValueIsWrongUsage(String line, Command command) {
    command.options().stream()
        .filter(option -> !option.isFlag() && !option.later())
        .forEach(option -> isWrongUsage(line + " " + option.names().getLast()));
  }

  @Test
  void everyToolIsAmongThem() {
    List<String> lines = new ArrayList<>();
    commands().forEach(each -> lines.add((String) each.get()[0]));
    assertThat(lines).containsAll(Tools.names()).contains("mosq submit").hasSizeGreaterThan(40);
  }
}
