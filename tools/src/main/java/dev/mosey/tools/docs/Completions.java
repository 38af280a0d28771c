package dev.mosey.tools.docs;

import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Common;
import dev.mosey.tools.option.Operand;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;
import java.util.ArrayList;
import java.util.List;

/** Completions for bash, zsh and fish. */
final class Completions {
  private static final String ASK_IDS = "mosq listall -a -o quiet --limit 200 2>/dev/null";
  private static final String ASK_NODES = "mosctl status -o quiet 2>/dev/null";

  private final Command tool;
  private final List<Option> common;

  /**
   * Of a tool.
   *
   * @param common whether it has the options of all tools
   */
  Completions(Command tool, boolean common) {
    this.tool = tool;
    this.common = common ? Common.ALL : List.of();
  }

  private List<Option> options(Command command) {
    List<Option> all = new ArrayList<>();
    command.options().stream().filter(option -> !option.later()).forEach(all::add);
    all.addAll(common);
    return all;
  }

  /** A command and, for a tool with verbs, the pattern of the words that name it. */
  private static String pattern(Command verb) {
    return String.join("|", verb.names());
  }

  private static Values operandValues(Command command) {
    for (Operand operand : command.operands()) {
      if (operand.values().kind() != Values.Kind.ANY) {
        return operand.values();
      }
    }
    return Values.ANY;
  }

  private static String words(List<Option> options) {
    List<String> words = new ArrayList<>();
    options.forEach(option -> words.addAll(option.names()));
    return String.join(" ", words);
  }

  private String functionName() {
    return "_mosey_" + tool.name();
  }

  // ------------------------------------------------------------------ bash

  /** For bash. */
  String bash() {
    StringBuilder s = new StringBuilder();
    String f = functionName();
    s.append("# Completions of ").append(tool.name()).append(" for bash.\n");
    s.append(f).append("() {\n");
    s.append("  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb= i\n");
    s.append("  COMPREPLY=()\n");
    if (!tool.offeredVerbs().isEmpty()) {
      s.append("  for ((i = 1; i < COMP_CWORD; i++)); do\n");
      s.append("    case ${COMP_WORDS[i]} in\n");
      s.append("      ").append(bashWithValue(common)).append(") ((i++)) ;;\n");
      s.append("      -*) ;;\n");
      s.append("      *) verb=${COMP_WORDS[i]}; break ;;\n");
      s.append("    esac\n  done\n");
    }
    s.append("  case $verb in\n");
    for (Command verb : tool.offeredVerbs()) {
      s.append("    ").append(pattern(verb)).append(")\n");
      bashCommand(s, verb, List.of());
      s.append("      ;;\n");
    }
    s.append("    *)\n");
    bashCommand(s, tool, tool.offeredVerbs());
    s.append("      ;;\n  esac\n}\n");
    s.append("complete -F ").append(f).append(' ');
    s.append(String.join(" ", tool.names())).append('\n');
    return s.toString();
  }

  private static String bashWithValue(List<Option> options) {
    List<String> names = new ArrayList<>();
    options.stream().filter(o -> !o.isFlag()).forEach(o -> names.addAll(o.names()));
    return names.isEmpty() ? "--" : String.join("|", names);
  }

  private void bashCommand(StringBuilder s, Command command, List<Command> verbs) {
    s.append("      case $before in\n");
    for (Option option : options(command)) {
      if (!option.isFlag()) {
        s.append("        ").append(String.join("|", option.names())).append(") ");
        s.append(bashValues(option.values())).append("; return ;;\n");
      }
    }
    s.append("      esac\n");
    s.append("      if [[ $word == -* ]]; then\n");
    s.append("        COMPREPLY=($(compgen -W '").append(words(options(command)));
    s.append("' -- \"$word\"))\n      else\n        ");
    if (!verbs.isEmpty()) {
      String names = String.join(" ", verbs.stream().map(Command::name).toList());
      s.append("COMPREPLY=($(compgen -W '").append(names).append("' -- \"$word\"))\n");
    } else {
      s.append(bashValues(operandValues(command))).append('\n');
    }
    s.append("      fi\n");
  }

  private static String bashValues(Values values) {
    return switch (values.kind()) {
      case ANY -> "COMPREPLY=()";
      case FILE -> "COMPREPLY=($(compgen -f -- \"$word\"))";
      case DIRECTORY -> "COMPREPLY=($(compgen -d -- \"$word\"))";
      case COMMAND -> "COMPREPLY=($(compgen -c -f -- \"$word\"))";
      case ID -> "COMPREPLY=($(compgen -W \"last all $(" + ASK_IDS + ")\" -- \"$word\"))";
      case NODE -> "COMPREPLY=($(compgen -W \"$(" + ASK_NODES + ")\" -- \"$word\"))";
      case WORDS ->
          "COMPREPLY=($(compgen -W '" + String.join(" ", values.words()) + "' -- \"$word\"))";
    };
  }

  // ------------------------------------------------------------------- zsh

  /** For zsh. */
  String zsh() {
    StringBuilder s = new StringBuilder();
    s.append("#compdef ").append(tool.name()).append('\n');
    s.append("# Completions of ").append(tool.name()).append(" for zsh.\n");
    s.append(functionName()).append("() {\n");
    if (tool.offeredVerbs().isEmpty()) {
      zshArguments(s, tool, "  ");
    } else {
      s.append("  local context state line verbs\n  typeset -A opt_args\n");
      s.append("  _arguments -C \\\n");
      options(tool).forEach(option -> zshOption(s, option, "    "));
      s.append("    '1: :->verb' \\\n    '*:: :->rest'\n");
      s.append("  case $state in\n    verb)\n      verbs=(\n");
      for (Command verb : tool.offeredVerbs()) {
        s.append("        '").append(zshText(verb.name())).append(':');
        s.append(zshText(verb.summary())).append("'\n");
      }
      s.append(
          "      )\n      _describe verb verbs\n      ;;\n    rest)\n      case $line[1] in\n");
      for (Command verb : tool.offeredVerbs()) {
        s.append("        ").append(pattern(verb)).append(")\n");
        zshArguments(s, verb, "          ");
        s.append("          ;;\n");
      }
      s.append("      esac\n      ;;\n  esac\n");
    }
    s.append("}\n").append(functionName()).append(" \"$@\"\n");
    return s.toString();
  }

  /** For zsh, under another name of the tool. */
  String zshAlias(String alias) {
    return "#compdef "
        + alias
        + "\nautoload -Uz _"
        + tool.name()
        + "\n_"
        + tool.name()
        + " \"$@\"\n";
  }

  private void zshArguments(StringBuilder s, Command command, String indent) {
    s.append(indent).append("_arguments \\\n");
    options(command).forEach(option -> zshOption(s, option, indent + "  "));
    String action = zshValues(operandValues(command));
    s.append(indent).append("  '*:argument:").append(action).append("'\n");
  }

  private static void zshOption(StringBuilder s, Option option, String indent) {
    for (String name : option.names()) {
      s.append(indent).append('\'').append(option.repeats() ? "*" : "").append(name);
      s.append('[').append(zshText(option.help())).append(']');
      if (!option.isFlag()) {
        s.append(':').append(zshText(option.label())).append(':');
        s.append(zshValues(option.values()));
      }
      s.append("' \\\n");
    }
  }

  private static String zshValues(Values values) {
    return switch (values.kind()) {
      case ANY -> " ";
      case FILE -> "_files";
      case DIRECTORY -> "_files -/";
      case COMMAND -> "_command_names -e";
      case ID -> "compadd last all $(" + ASK_IDS + ")";
      case NODE -> "compadd $(" + ASK_NODES + ")";
      case WORDS -> "(" + String.join(" ", values.words()) + ")";
    };
  }

  private static String zshText(String text) {
    return text.replace("\\", "\\\\")
        .replace("'", "'\\''")
        .replace(":", "\\:")
        .replace("[", "\\[")
        .replace("]", "\\]");
  }

  // ------------------------------------------------------------------ fish

  /** For fish. */
  String fish() {
    StringBuilder s = new StringBuilder();
    s.append("# Completions of ").append(tool.name()).append(" for fish.\n");
    s.append("complete -c ").append(tool.name()).append(" -f\n");
    for (Command verb : tool.offeredVerbs()) {
      s.append("complete -c ").append(tool.name()).append(" -n __fish_use_subcommand -a ");
      s.append(verb.name()).append(" -d ").append(fishText(verb.summary())).append('\n');
      String when = "'__fish_seen_subcommand_from " + pattern(verb).replace('|', ' ') + "'";
      fishCommand(s, verb, " -n " + when);
    }
    String when = tool.offeredVerbs().isEmpty() ? "" : " -n __fish_use_subcommand";
    tool.options().stream().filter(o -> !o.later()).forEach(o -> fishOption(s, o, when));
    common.forEach(option -> fishOption(s, option, ""));
    if (tool.offeredVerbs().isEmpty()) {
      fishOperands(s, tool, "");
    }
    return s.toString();
  }

  /** For fish, under another name of the tool: it looks for a file of each name. */
  String fishAlias(String alias) {
    return "complete -c " + alias + " -f -w " + tool.name() + "\n";
  }

  private void fishCommand(StringBuilder s, Command verb, String when) {
    verb.options().stream().filter(o -> !o.later()).forEach(o -> fishOption(s, o, when));
    fishOperands(s, verb, when);
  }

  private void fishOperands(StringBuilder s, Command command, String when) {
    String values = fishValues(operandValues(command));
    if (!values.isEmpty()) {
      s.append("complete -c ").append(tool.name()).append(when).append(values).append('\n');
    }
  }

  private void fishOption(StringBuilder s, Option option, String when) {
    s.append("complete -c ").append(tool.name()).append(when);
    for (String name : option.names()) {
      s.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    if (!option.isFlag()) {
      s.append(" -r").append(fishValues(option.values()));
    }
    s.append(" -d ").append(fishText(option.help())).append('\n');
  }

  private static String fishValues(Values values) {
    return switch (values.kind()) {
      case ANY -> "";
      case FILE, DIRECTORY -> " -F";
      case COMMAND -> " -F -a '(__fish_complete_command)'";
      case ID -> " -a 'last all (" + ASK_IDS + ")'";
      case NODE -> " -a '(" + ASK_NODES + ")'";
      case WORDS -> " -a '" + String.join(" ", values.words()) + "'";
    };
  }

  private static String fishText(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
