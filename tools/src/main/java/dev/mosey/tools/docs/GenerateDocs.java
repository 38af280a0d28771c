package dev.mosey.tools.docs;

import dev.mosey.tools.Tools;
import dev.mosey.tools.option.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes {@code man/man1/TOOL.1}, {@code completions/bash/TOOL}, {@code completions/zsh/_TOOL} and
 * {@code completions/fish/TOOL.fish} below the directory that its argument names.
 */
public final class GenerateDocs {
  private GenerateDocs() {}

  /** Writes them; the argument is the directory. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      System.err.println("usage: GenerateDocs DIRECTORY");
      System.exit(2);
    }
    write(Path.of(arguments[0]));
  }

  /** Writes them below a directory. */
  static void write(Path directory) throws IOException {
    for (String name : Tools.names()) {
      write(directory, Tools.find(name), true);
    }
    write(directory, Mosd.command(), false);
    write(directory, Mosim.command(), false);
  }

  private static void write(Path directory, Command tool, boolean common) throws IOException {
    String name = tool.name();
    put(directory.resolve("man/man1/" + name + ".1"), ManualPage.of(tool, common));
    Completions completions = new Completions(tool, common);
    for (String each : tool.names()) {
      if (!each.equals(name)) {
        put(directory.resolve("man/man1/" + each + ".1"), ".so man1/" + name + ".1\n");
      }
      put(directory.resolve("completions/bash/" + each), completions.bash());
    }
    put(directory.resolve("completions/zsh/_" + name), completions.zsh());
    put(directory.resolve("completions/fish/" + name + ".fish"), completions.fish());
    for (String alias : tool.aliases()) {
      put(directory.resolve("completions/zsh/_" + alias), completions.zshAlias(alias));
      put(directory.resolve("completions/fish/" + alias + ".fish"), completions.fishAlias(alias));
    }
  }

  private static void put(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
