package dev.mosey.tools.option;

import dev.mosey.tools.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * A tool or one of its verbs: the one place that says what can be typed. Immutable; the {@code
 * with} style methods return a copy.
 *
 * @param name what is typed
 * @param aliases other names
 * @param summary one line
 * @param details paragraphs for help and manual page
 * @param operands in order
 * @param options its own; those that all tools have are {@link Common}
 * @param verbs of a tool
 * @param examples command lines with a remark: {@code mosq list # what waits}
 * @param exits its exit statuses, {@code 0:done}; empty: the usual ones
 * @param stopsAtOperand whether everything from the first operand on is taken as it is
 * @param later whether this release refuses it by name
 * @param action what it does; null for a tool that needs a verb
 */
public record Command(
    String name,
    List<String> aliases,
    String summary,
    List<String> details,
    List<Operand> operands,
    List<Option> options,
    List<Command> verbs,
    List<String> examples,
    List<String> exits,
    boolean stopsAtOperand,
    boolean later,
    ToIntFunction<Run> action) {

  /** A command of this name. */
  public static Command named(String name, String summary) {
    return new Command(
        name, List.of(), summary, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
        false, false, null);
  }

  /** A verb that this release refuses by name. */
  public static Command later(String name, String summary) {
    Command c = named(name, summary);
    return new Command(
        c.name,
        c.aliases,
        c.summary,
        c.details,
        c.operands,
        c.options,
        c.verbs,
        c.examples,
        c.exits,
        false,
        true,
        null);
  }

  /** With other names. */
  public Command alias(String... others) {
    return new Command(
        name,
        List.of(others),
        summary,
        details,
        operands,
        options,
        verbs,
        examples,
        exits,
        stopsAtOperand,
        later,
        action);
  }

  /** With paragraphs for help and manual page. */
  public Command details(String... paragraphs) {
    return new Command(
        name,
        aliases,
        summary,
        List.of(paragraphs),
        operands,
        options,
        verbs,
        examples,
        exits,
        stopsAtOperand,
        later,
        action);
  }

  /** With operands. */
  public Command operands(Operand... all) {
    return new Command(
        name,
        aliases,
        summary,
        details,
        List.of(all),
        options,
        verbs,
        examples,
        exits,
        stopsAtOperand,
        later,
        action);
  }

  /** With options; called again, it adds. */
  public Command options(Option... more) {
    List<Option> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return new Command(
        name,
        aliases,
        summary,
        details,
        operands,
        List.copyOf(all),
        verbs,
        examples,
        exits,
        stopsAtOperand,
        later,
        action);
  }

  /** With verbs. */
  public Command verbs(List<Command> all) {
    return new Command(
        name,
        aliases,
        summary,
        details,
        operands,
        options,
        List.copyOf(all),
        examples,
        exits,
        stopsAtOperand,
        later,
        action);
  }

  /** With examples. */
  public Command examples(String... lines) {
    return new Command(
        name,
        aliases,
        summary,
        details,
        operands,
        options,
        verbs,
        List.of(lines),
        exits,
        stopsAtOperand,
        later,
        action);
  }

  /** With exit statuses other than the usual ones. */
  public Command exits(String... statuses) {
    return new Command(
        name,
        aliases,
        summary,
        details,
        operands,
        options,
        verbs,
        examples,
        List.of(statuses),
        stopsAtOperand,
        later,
        action);
  }

  /** Takes everything from the first operand on as it is: a command line. */
  public Command takesCommandLine() {
    return new Command(
        name, aliases, summary, details, operands, options, verbs, examples, exits, true, later,
        action);
  }

  /** With what it does; it returns the exit status. */
  public Command does(ToIntFunction<Run> what) {
    return new Command(
        name,
        aliases,
        summary,
        details,
        operands,
        options,
        verbs,
        examples,
        exits,
        stopsAtOperand,
        later,
        what);
  }

  /** Whether a typed word names it. */
  public boolean isCalled(String word) {
    return name.equals(word) || aliases.contains(word);
  }
}
