package dev.mosey.tools.docs;

import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Common;
import dev.mosey.tools.option.Help;
import dev.mosey.tools.option.Option;
import java.util.List;
import java.util.Locale;

/** A manual page in roff, with the macros of man(7). */
final class ManualPage {
  private final StringBuilder page = new StringBuilder();
  private final Command tool;
  private final boolean common;

  private ManualPage(Command tool, boolean common) {
    this.tool = tool;
    this.common = common;
  }

  /**
   * The page of a tool.
   *
   * @param common whether it has the options of all tools
   */
  static String of(Command tool, boolean common) {
    ManualPage manual = new ManualPage(tool, common);
    manual.write();
    return manual.page.toString();
  }

  private void write() {
    line(".TH " + tool.name().toUpperCase(Locale.ROOT) + " 1 \"\" \"Mosey\" \"Mosey\"");
    line(".SH NAME");
    line(text(String.join(", ", tool.names())) + " \\- " + text(tool.summary()));
    line(".SH SYNOPSIS");
    synopsis(tool);
    tool.offeredVerbs().forEach(this::synopsis);
    line(".SH DESCRIPTION");
    line(text(tool.summary()) + ".");
    paragraphs(tool);
    if (!tool.operands().isEmpty() || !tool.options().isEmpty()) {
      line(".SH OPTIONS");
    }
    arguments(tool);
    options(tool.options());
    if (!tool.verbs().isEmpty()) {
      line(".SH VERBS");
      tool.offeredVerbs().forEach(this::verb);
    }
    if (common) {
      line(".SH OPTIONS OF ALL TOOLS");
      Common.ALL.forEach(this::option);
    }
    line(".SH EXIT STATUS");
    exits(tool);
    if (common) {
      environment();
    }
    line(".SH EXAMPLES");
    examples(tool);
    line(".SH SEE ALSO");
    line("mosd(1), mosixd(1), mosq(1), mosps(1), migrate(1), mosctl(1), bestnode(1), tune(1),");
    line("prep_tune(1), tune_mosix(1), moskillall(1), moskey(1)");
  }

  private void synopsis(Command command) {
    line(".PP");
    line(".B " + text(Help.synopsis(tool, command)));
  }

  private void paragraphs(Command command) {
    for (String paragraph : command.details()) {
      line(".PP");
      line(text(paragraph));
    }
  }

  private void arguments(Command command) {
    command.operands().forEach(operand -> item(operand.label(), operand.help()));
  }

  private void options(List<Option> options) {
    options.stream().filter(option -> !option.later()).forEach(this::option);
  }

  private void option(Option option) {
    item(Help.names(option), option.help());
  }

  private void verb(Command verb) {
    String also = verb.aliases().isEmpty() ? "" : ", " + String.join(", ", verb.aliases());
    line(".SS " + text(verb.name() + also));
    line(text(verb.summary()) + ".");
    paragraphs(verb);
    arguments(verb);
    options(verb.options());
    if (!verb.exits().isEmpty()) {
      line(".PP");
      line("Exit status:");
      exits(verb);
    }
    examples(verb);
  }

  private void exits(Command command) {
    for (String exit : command.exits().isEmpty() ? Help.USUAL_EXITS : command.exits()) {
      int colon = exit.indexOf(':');
      item(exit.substring(0, colon), exit.substring(colon + 1));
    }
  }

  private void environment() {
    line(".SH ENVIRONMENT");
    item("MOSEY_NODE", "Which node to talk to; several by comma, the next one is tried.");
    item("MOSEY_KEY_DIR", "Where the cluster's key is.");
    item("MOSEY_TOKEN", "The token, instead of the key directory's.");
    item("MOSEY_FORMAT", "table, wide, json or quiet.");
    item("MOSEY_TIMEOUT", "Seconds that an answer may take (30).");
    item("NO_COLOR", "No colours.");
    item("COLUMNS", "Width of tables (80).");
  }

  private void examples(Command command) {
    if (command.examples().isEmpty()) {
      return;
    }
    line(".PP");
    line(".nf");
    command.examples().forEach(example -> line(text(example)));
    line(".fi");
  }

  private void item(String label, String help) {
    line(".TP");
    line(".B " + text(label));
    line(text(help));
  }

  private void line(String line) {
    page.append(line).append('\n');
  }

  /** Text that roff takes as it is. */
  static String text(String plain) {
    String escaped =
        plain
            .replace("\\", "\\e")
            .replace("-", "\\-")
            .replace("'", "\\(aq")
            .replace("^", "\\(ha")
            .replace("~", "\\(ti");
    return escaped.startsWith(".") ? "\\&" + escaped : escaped;
  }
}
