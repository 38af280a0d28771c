package dev.mosey.tools;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Types commands and reads what comes of them, as {@link Main} would run them. */
public final class Typist {
  private final Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private byte[] input = new byte[0];
  private Caller.Terminal terminal = Caller.Terminal.NONE;

  /** What came of a command. */
  public record Seen(int status, String out, String err) {}

  public Typist(Path directory) {
    this.directory = directory;
    environment.put("HOME", directory.toString());
    environment.put("MOSEY_TOKEN", "secret");
  }

  public Typist at(FakeNode node) {
    return with("MOSEY_NODE", node.url());
  }

  public Typist with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  public Typist without(String variable) {
    environment.remove(variable);
    return this;
  }

  public Typist input(String text) {
    input = text.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  public Typist onTerminal() {
    terminal = new Caller.Terminal(true, true, true, 0);
    return this;
  }

  /** Types a line whose words have no spaces. */
  public Seen types(String line) {
    return runs(Arrays.asList(line.split(" ")));
  }

  public Seen runs(List<String> words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Caller caller =
        new Caller(
            environment,
            directory,
            new ByteArrayInputStream(input),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            terminal);
    int status = Main.run(words.getFirst(), words.subList(1, words.size()), caller);
    return new Seen(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
