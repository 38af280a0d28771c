package dev.mosey.tools.option;

import dev.mosey.tools.Failure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a command line. Options may stand before or after the verb and between operands; {@code --}
 * ends them. {@code --name=value}, {@code --name value}, {@code -pVALUE}, {@code -p VALUE} and
 * several switches in one word ({@code -fy}) are understood.
 */
public final class Parser {
  private final Command tool;
  private final List<String> words;
  private final Map<Option, List<String>> values = new LinkedHashMap<>();
  private final List<String> operands = new ArrayList<>();
  private Command command;
  private int next;

  private Parser(Command tool, List<String> words) {
    this.tool = tool;
    this.words = words;
    this.command = tool;
  }

  /**
   * Parses.
   *
   * @throws Failure wrong usage, in one line with a hint
   */
  public static Parsed parse(Command tool, List<String> words) {
    return new Parser(tool, words).parse();
  }

  private Parsed parse() {
    boolean optionsEnded = false;
    while (next < words.size()) {
      String word = words.get(next++);
      // A number with a sign is an operand: mosq signal -9 ID.
      boolean isOption =
          word.length() > 1
              && word.charAt(0) == '-'
              && !Character.isDigit(word.charAt(1))
              && !command.isOperandWithDash(word);
      if (optionsEnded || !isOption) {
        take(word);
        optionsEnded |= command.stopsAtOperand() && !operands.isEmpty();
      } else if (word.equals("--")) {
        optionsEnded = true;
      } else if (word.startsWith("--")) {
        longOption(word);
      } else {
        shortOptions(word);
      }
    }
    Parsed parsed = new Parsed(tool, command, values, operands);
    if (!parsed.has(Common.HELP) && !parsed.has(Common.VERSION)) {
      check(parsed);
    }
    return parsed;
  }

  private void take(String word) {
    if (command.name().equals(tool.name()) && !tool.verbs().isEmpty() && operands.isEmpty()) {
      command = verb(word);
    } else {
      operands.add(word);
    }
  }

  private Command verb(String word) {
    List<String> names = new ArrayList<>();
    for (Command verb : tool.verbs()) {
      if (verb.isCalled(word)) {
        if (verb.later()) {
          throw Failure.later(tool.name() + " " + word);
        }
        return verb;
      }
    }
    tool.offeredVerbs().forEach(verb -> names.addAll(verb.names()));
    String near = Nearest.to(word, names);
    throw Failure.usage(
        "there is no verb '" + word + "'",
        near == null
            ? tool.name() + " --help lists the verbs"
            : "did you mean " + tool.name() + " " + near + "?");
  }

  private void longOption(String word) {
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    Option option = option(name);
    if (option.isFlag()) {
      if (equals >= 0) {
        throw Failure.usage(name + " takes no value", null);
      }
      put(option, "");
    } else {
      put(option, equals >= 0 ? word.substring(equals + 1) : value(option));
    }
  }

  private void shortOptions(String word) {
    for (int i = 1; i < word.length(); i++) {
      Option option = option("-" + word.charAt(i));
      if (option.isFlag()) {
        put(option, "");
      } else {
        put(option, i + 1 < word.length() ? word.substring(i + 1) : value(option));
        return;
      }
    }
  }

  private String value(Option option) {
    if (next == words.size()) {
      throw Failure.usage(option.name() + " needs a value: " + option.label(), null);
    }
    return words.get(next++);
  }

  private void put(Option option, String value) {
    if (option.later()) {
      throw Failure.later(option.name());
    }
    List<String> all = values.computeIfAbsent(option, any -> new ArrayList<>());
    if (!all.isEmpty() && !option.repeats() && !option.isFlag()) {
      throw Failure.usage(option.name() + " was given twice", null);
    }
    all.add(value);
  }

  private Option option(String name) {
    List<String> names = new ArrayList<>();
    for (List<Option> options : List.of(command.options(), Common.ALL)) {
      for (Option option : options) {
        if (option.names().contains(name)) {
          return option;
        }
        names.addAll(option.names());
      }
    }
    String near = name.startsWith("--") ? Nearest.to(name, names) : null;
    String typed =
        tool.name().equals(command.name()) ? tool.name() : tool.name() + " " + command.name();
    throw Failure.usage(
        typed + " has no option " + name,
        near == null ? typed + " --help lists the options" : "did you mean " + near + "?");
  }

  private void check(Parsed parsed) {
    if (command.action() == null) {
      throw Failure.usage(
          "which verb? one of "
              + String.join(", ", tool.offeredVerbs().stream().map(Command::name).toList()),
          tool.name() + " --help explains them");
    }
    int least = 0;
    long most = 0;
    for (Operand operand : command.operands()) {
      if (operands.size() < least + operand.least()) {
        throw Failure.usage(
            operand.label() + " is missing", "usage: " + Help.synopsis(tool, command));
      }
      least += operand.least();
      most += operand.most();
    }
    if (operands.size() > most) {
      throw Failure.usage(
          "'" + operands.get((int) most) + "' is too much",
          "usage: " + Help.synopsis(tool, command));
    }
    for (Map.Entry<Option, List<String>> each : parsed.values().entrySet()) {
      Values allowed = each.getKey().values();
      if (allowed.kind() == Values.Kind.WORDS) {
        each.getValue().forEach(value -> checkWord(each.getKey(), value));
      }
    }
  }

  private static void checkWord(Option option, String value) {
    List<String> allowed = option.values().words();
    if (!allowed.contains(value)) {
      String near = Nearest.to(value, allowed);
      throw Failure.usage(
          option.name() + " must be one of " + String.join(", ", allowed) + ", was '" + value + "'",
          near == null ? null : "did you mean " + near + "?");
    }
  }
}
