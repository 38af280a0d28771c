package dev.mosey.tools;

import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Common;
import dev.mosey.tools.option.Help;
import dev.mosey.tools.option.Nearest;
import dev.mosey.tools.option.Parsed;
import dev.mosey.tools.option.Parser;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Every tool: the first argument is the name under which it was called, the rest is what was typed.
 */
public final class Main {
  private static final int BUFFER = 1 << 16;
  private static final List<String> COMMON_WITH_VALUE =
      List.of("--node", "--key-dir", "-o", "--output");

  private Main() {}

  /** Runs one tool and exits with its status. */
  public static void main(String[] arguments) {
    PrintStream out = stream(FileDescriptor.out, BUFFER);
    PrintStream err = stream(FileDescriptor.err, 1 << 10);
    if (arguments.length == 0) {
      err.println("mosey: the name of a tool is missing: " + String.join(", ", Tools.names()));
      err.flush();
      System.exit(Failure.USAGE);
    }
    Caller caller =
        new Caller(
            System.getenv(),
            Path.of("").toAbsolutePath(),
            System.in,
            out,
            err,
            Caller.Terminal.ofThisProcess());
    List<String> words = Arrays.asList(arguments).subList(1, arguments.length);
    int status = run(arguments[0], words, caller);
    // halt: there is nothing to shut down, and the orderly way costs milliseconds.
    Runtime.getRuntime().halt(status);
  }

  private static PrintStream stream(FileDescriptor descriptor, int buffer) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor), buffer),
        false,
        StandardCharsets.UTF_8);
  }

  /** Runs one tool for a caller, whose streams are flushed at the end; returns the exit status. */
  public static int run(String name, List<String> words, Caller caller) {
    try {
      Command tool = Tools.find(name);
      if (tool == null) {
        String near = Nearest.to(name, Tools.names());
        throw Failure.usage(
            "there is no tool of this name", near == null ? null : "did you mean " + near + "?");
      }
      return run(Parser.parse(tool, words), caller);
    } catch (Failure failure) {
      return report(name, words, caller, failure);
    } catch (RuntimeException fault) {
      if (caller.variable("MOSEY_DEBUG") != null) {
        fault.printStackTrace(caller.err());
      }
      Failure failure =
          Failure.refused(
              "a fault of the tool itself: " + fault,
              "MOSEY_DEBUG=1 shows where; please report it");
      return report(name, words, caller, failure);
    } finally {
      caller.out().flush();
      caller.err().flush();
    }
  }

  private static int run(Parsed parsed, Caller caller) {
    if (parsed.has(Common.HELP)) {
      caller.out().print(Help.of(parsed.tool(), parsed.command(), caller.columns()));
      return 0;
    }
    if (parsed.has(Common.VERSION)) {
      caller.out().println(parsed.tool().name() + " of Mosey " + Tools.version());
      return 0;
    }
    try (Run run = new Run(parsed, caller)) {
      return parsed.command().action().applyAsInt(run);
    }
  }

  private static int report(String name, List<String> words, Caller caller, Failure failure) {
    if (wantsJson(words, caller)) {
      JsonValue.Members error =
          new JsonValue.Members()
              .put("code", failure.code())
              .put("message", failure.getMessage())
              .put("hint", failure.hint());
      caller.out().println(new JsonValue.Members().put("error", error));
    } else {
      caller.out().flush();
      caller.err().println(name + ": " + failure.getMessage());
      if (failure.hint() != null) {
        caller.err().println("hint: " + failure.hint());
      }
    }
    return name.equals("mosq") && keepsProgramsStatus(words) && failure.exit() <= Failure.UNREACHED
        ? Failure.OWN
        : failure.exit();
  }

  /** Also where the command line could not be understood: by its words alone. */
  private static boolean wantsJson(List<String> words, Caller caller) {
    String mode = caller.variable("MOSEY_FORMAT");
    for (int i = 0; i < words.size() && !words.get(i).equals("--"); i++) {
      String word = words.get(i);
      String next = i + 1 < words.size() ? words.get(i + 1) : "";
      switch (word) {
        case "--json", "-ojson", "--output=json" -> mode = "json";
        case "-o", "--output" -> mode = next;
        default -> {}
      }
    }
    return "json".equals(mode);
  }

  /** Whether the exit status is a program's, so that Mosey's own must be told from it. */
  private static boolean keepsProgramsStatus(List<String> words) {
    int end = words.indexOf("--");
    List<String> typed = end < 0 ? words : words.subList(0, end);
    boolean waits = typed.contains("--wait") || typed.contains("--follow");
    for (int i = 0; i < typed.size(); i++) {
      String word = typed.get(i);
      if (!word.startsWith("-")) {
        return word.equals("wait") || (word.equals("submit") && waits);
      }
      if (COMMON_WITH_VALUE.contains(word)) {
        i++;
      }
    }
    return false;
  }
}
