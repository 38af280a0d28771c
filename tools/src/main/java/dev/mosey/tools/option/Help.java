package dev.mosey.tools.option;

import java.util.List;

/** What {@code --help} prints. */
public final class Help {
  /** The exit statuses of a command that names no others. */
  public static final List<String> USUAL_EXITS =
      List.of("0:done", "1:refused or not found", "2:wrong usage", "3:no node could be reached");

  private static final int INDENT = 2;
  private static final int COLUMN = 28;
  private static final int WIDTH_MOST = 100;

  private final StringBuilder text = new StringBuilder();
  private final int width;

  private Help(int width) {
    this.width = Math.min(width, WIDTH_MOST);
  }

  /** The help of a tool or verb, for a terminal of this width. */
  public static String of(Command tool, Command command, int width) {
    Help help = new Help(width);
    help.write(tool, command);
    return help.text.toString();
  }

  /** As {@code mosq submit [OPTION...] COMMAND [ARG...]}. */
  public static String synopsis(Command tool, Command command) {
    StringBuilder line = new StringBuilder(tool.name());
    if (command.name().equals(tool.name()) && !tool.verbs().isEmpty()) {
      return line + (tool.action() == null ? " VERB" : " [VERB]") + " [OPTION...] [ARGUMENT...]";
    }
    if (!command.name().equals(tool.name())) {
      line.append(' ').append(command.name());
    }
    line.append(" [OPTION...]");
    for (Operand operand : command.operands()) {
      line.append(' ').append(operand.synopsis());
    }
    return line.toString();
  }

  private void write(Command tool, Command command) {
    paragraph("usage: " + synopsis(tool, command), 0);
    text.append('\n');
    paragraph(command.summary() + (command.summary().endsWith(".") ? "" : "."), 0);
    for (String detail : command.details()) {
      text.append('\n');
      paragraph(detail, 0);
    }
    if (!command.aliases().isEmpty()) {
      text.append('\n');
      paragraph("Also called: " + String.join(", ", command.aliases()) + ".", 0);
    }
    if (!command.verbs().isEmpty()) {
      heading("Verbs");
      for (Command verb : command.offeredVerbs()) {
        item(String.join(", ", verb.names()), verb.summary());
      }
    }
    if (!command.operands().isEmpty()) {
      heading("Arguments");
      command.operands().forEach(operand -> item(operand.label(), operand.help()));
    }
    options("Options", command.options());
    options("Options of all tools", Common.ALL);
    heading("Exit status");
    for (String exit : command.exits().isEmpty() ? USUAL_EXITS : command.exits()) {
      int colon = exit.indexOf(':');
      item(exit.substring(0, colon), exit.substring(colon + 1));
    }
    if (!command.examples().isEmpty()) {
      heading("Examples");
      command.examples().forEach(line -> text.append("  ").append(line).append('\n'));
    }
  }

  private void options(String title, List<Option> options) {
    if (options.stream().allMatch(Option::later)) {
      return;
    }
    heading(title);
    for (Option option : options) {
      if (!option.later()) {
        item(names(option), option.help());
      }
    }
  }

  /** As {@code -p, --priority N}. */
  public static String names(Option option) {
    String names = String.join(", ", option.names());
    return option.isFlag() ? names : names + " " + option.label();
  }

  private void heading(String title) {
    text.append('\n').append(title).append(":\n");
  }

  private void item(String left, String right) {
    text.append(" ".repeat(INDENT)).append(left);
    int used = INDENT + left.length();
    if (used >= COLUMN - 1) {
      text.append('\n');
      used = 0;
    }
    text.append(" ".repeat(COLUMN - used));
    wrap(right, COLUMN, COLUMN);
  }

  private void paragraph(String line, int indent) {
    text.append(" ".repeat(indent));
    wrap(line, indent, indent);
  }

  private void wrap(String line, int startsAt, int indent) {
    int column = startsAt;
    boolean first = true;
    for (String word : line.split(" ")) {
      if (!first && column + 1 + word.length() > width) {
        text.append('\n').append(" ".repeat(indent));
        column = indent;
        first = true;
      }
      if (!first) {
        text.append(' ');
        column++;
      }
      text.append(word);
      column += word.length();
      first = false;
    }
    text.append('\n');
  }
}
