package dev.mosey.tools.option;

import dev.mosey.tools.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * A tool or one of its verbs: the one place that says what can be typed. Immutable; the methods
 * that take something return a copy that has it.
 */
public final class Command {
  private final String name;
  private final String summary;
  private List<String> aliases = List.of();
  private List<String> details = List.of();
  private List<Operand> operands = List.of();
  private List<Option> options = List.of();
  private List<Command> verbs = List.of();
  private List<String> examples = List.of();
  private List<String> exits = List.of();
  private boolean stopsAtOperand;
  private Predicate<String> operandWithDash = word -> false;
  private boolean later;
  private ToIntFunction<Run> action;

  private Command(String name, String summary) {
    this.name = name;
    this.summary = summary;
  }

  /** A command of this name. */
  public static Command named(String name, String summary) {
    return new Command(name, summary);
  }

  /** A verb that this release refuses by name. */
  public static Command later(String name, String summary) {
    return named(name, summary).with(copy -> copy.later = true);
  }

  private Command with(Consumer<Command> change) {
    Command copy = new Command(name, summary);
    copy.aliases = aliases;
    copy.details = details;
    copy.operands = operands;
    copy.options = options;
    copy.verbs = verbs;
    copy.examples = examples;
    copy.exits = exits;
    copy.stopsAtOperand = stopsAtOperand;
    copy.operandWithDash = operandWithDash;
    copy.later = later;
    copy.action = action;
    change.accept(copy);
    return copy;
  }

  /** With other names. */
  public Command alias(String... others) {
    return with(copy -> copy.aliases = List.of(others));
  }

  /** With paragraphs for help and manual page. */
  public Command details(String... paragraphs) {
    return with(copy -> copy.details = List.of(paragraphs));
  }

  /** With operands. */
  public Command operands(Operand... all) {
    return with(copy -> copy.operands = List.of(all));
  }

  /** With options; called again, it adds. */
  public Command options(Option... more) {
    List<Option> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return with(copy -> copy.options = List.copyOf(all));
  }

  /** With verbs. */
  public Command verbs(List<Command> all) {
    return with(copy -> copy.verbs = List.copyOf(all));
  }

  /** With examples. */
  public Command examples(String... lines) {
    return with(copy -> copy.examples = List.of(lines));
  }

  /** With exit statuses other than the usual ones. */
  public Command exits(String... statuses) {
    return with(copy -> copy.exits = List.of(statuses));
  }

  /** Takes everything from the first operand on as it is: a command line. */
  public Command takesCommandLine() {
    return with(copy -> copy.stopsAtOperand = true);
  }

  /** Takes words with a dash that would be options for operands: {@code -KILL}. */
  public Command takesWithDash(Predicate<String> which) {
    return with(copy -> copy.operandWithDash = which);
  }

  /** With what it does; it returns the exit status. */
  public Command does(ToIntFunction<Run> what) {
    return with(copy -> copy.action = what);
  }

  /** What is typed. */
  public String name() {
    return name;
  }

  /** Other names. */
  public List<String> aliases() {
    return aliases;
  }

  /** What it is for, in one line. */
  public String summary() {
    return summary;
  }

  /** Paragraphs for help and manual page. */
  public List<String> details() {
    return details;
  }

  /** In order. */
  public List<Operand> operands() {
    return operands;
  }

  /** Its own; those that all tools have are {@link Common}. */
  public List<Option> options() {
    return options;
  }

  /** Of a tool, those of later releases among them. */
  public List<Command> verbs() {
    return verbs;
  }

  /** Of a tool, those that this release has. */
  public List<Command> offeredVerbs() {
    return verbs.stream().filter(verb -> !verb.later).toList();
  }

  /** Command lines. */
  public List<String> examples() {
    return examples;
  }

  /** Its exit statuses, {@code 0:done}; empty: the usual ones. */
  public List<String> exits() {
    return exits;
  }

  /** Whether everything from the first operand on is taken as it is. */
  public boolean stopsAtOperand() {
    return stopsAtOperand;
  }

  /** Whether a word is an operand though it begins with a dash. */
  public boolean isOperandWithDash(String word) {
    return operandWithDash.test(word);
  }

  /** Whether this release refuses it by name. */
  public boolean later() {
    return later;
  }

  /** What it does; null for a tool that needs a verb. */
  public ToIntFunction<Run> action() {
    return action;
  }

  /** Its name and its other names. */
  public List<String> names() {
    List<String> names = new ArrayList<>(List.of(name));
    names.addAll(aliases);
    return names;
  }

  /** Whether a typed word names it. */
  public boolean isCalled(String word) {
    return name.equals(word) || aliases.contains(word);
  }
}
