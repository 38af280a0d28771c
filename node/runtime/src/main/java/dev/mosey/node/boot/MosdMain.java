package dev.mosey.node.boot;

import dev.mosey.node.config.NodeSettings;
import dev.mosey.node.config.Problems;
import dev.mosey.node.config.Problems.Problem;
import dev.mosey.node.config.SettingsLoader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The daemon's entry: {@code mosd}. It ends with 0 after a stop in order, 1 when refused, 2 on
 * wrong usage; whatever goes wrong is one line {@code mosd: ...}, and where it helps one {@code
 * hint: ...}, on stderr.
 */
public final class MosdMain {
  private MosdMain() {}

  /** Runs the daemon until it is stopped, and ends the JVM. */
  public static void main(String[] args) {
    List<Daemon> last = new ArrayList<>(1);
    int exit = run(args, System.getenv(), System.out, System.err, last::add);
    if (exit == 0 && !last.isEmpty() && last.getFirst().isToBeFollowed()) {
      try {
        Succession.begin(Succession.command(List.of(args)), last.getFirst().left());
      } catch (Refusal | IllegalStateException failed) {
        say(System.err, failed.getMessage(), "start it again: what it ran has ended");
        exit = Refusal.REFUSED;
      }
    }
    // Not exit: hooks of libraries have nothing left to do, and could only hang.
    Runtime.getRuntime().halt(exit);
  }

  static int run(
      String[] args,
      Map<String, String> environment,
      PrintStream out,
      PrintStream err,
      Consumer<Daemon> begun) {
    try {
      MosdOptions options = new MosdOptions();
      CommandLine line = new CommandLine(options);
      line.setOverwrittenOptionsAllowed(true);
      CommandLine.ParseResult parsed = line.parseArgs(args);
      if (parsed.isUsageHelpRequested() || parsed.isVersionHelpRequested()) {
        if (parsed.isUsageHelpRequested()) {
          line.usage(out);
        } else {
          line.printVersionHelp(out);
        }
        return 0;
      }
      NodeSettings settings = settings(options, environment, err);
      if (options.convertStore() != null) {
        return StoreConverter.run(settings, options.convertStore(), out);
      }
      Daemon daemon = new Daemon(settings, options.restoreFrom(), options.deputyBy(), out);
      begun.accept(daemon);
      return daemon.run();
    } catch (ParameterException wrongUsage) {
      say(err, oneLine(wrongUsage), suggestion(wrongUsage));
      return Refusal.USAGE;
    } catch (Refusal refusal) {
      say(err, refusal.getMessage(), refusal.hint());
      return refusal.exit();
    } catch (IllegalArgumentException badSetting) {
      say(err, badSetting.getMessage(), null);
      return Refusal.USAGE;
    } catch (RuntimeException fault) {
      LoggerFactory.getLogger(MosdMain.class).error("event=fault", fault);
      say(err, "it ended by a fault of its own: " + fault, "please report the lines above");
      return Refusal.REFUSED;
    } finally {
      out.flush();
      err.flush();
    }
  }

  private static NodeSettings settings(
      MosdOptions options, Map<String, String> environment, PrintStream err) {
    Problems problems = new Problems();
    Path file = options.config();
    if (file == null && !environment.getOrDefault("MOSD_CONFIG", "").isEmpty()) {
      file = Path.of(environment.get("MOSD_CONFIG"));
    }
    NodeSettings settings = SettingsLoader.load(options.flags(), file, environment, problems);
    for (Problem warning : problems.warnings()) {
      say(err, "warning: " + warning.what(), warning.hint());
    }
    List<Problem> refusals = problems.refusals();
    for (Problem refused : refusals.subList(0, Math.max(0, refusals.size() - 1))) {
      say(err, refused.what(), refused.hint());
    }
    if (!refusals.isEmpty()) {
      Problem last = refusals.getLast();
      throw new Refusal(Refusal.USAGE, last.what(), last.hint());
    }
    return settings;
  }

  private static String oneLine(ParameterException wrongUsage) {
    String message = wrongUsage.getMessage().lines().findFirst().orElse("wrong usage");
    return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  private static String suggestion(ParameterException wrongUsage) {
    if (wrongUsage instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      return "did you mean " + unmatched.getSuggestions().getFirst() + "?";
    }
    return "mosd --help lists the options";
  }

  private static void say(PrintStream err, String what, String hint) {
    err.println("mosd: " + what);
    if (hint != null) {
      err.println("hint: " + hint);
    }
  }
}
