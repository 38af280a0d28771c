package dev.mosey.examples;

import dev.mosey.program.Context;
import dev.mosey.program.Program;
import dev.mosey.program.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the words of all files in a tree and prints the most frequent. It opens a file anew in
 * each step and keeps only how far it has read: so it moves in the middle of a file. The tree must
 * be at the same path wherever it runs.
 *
 * <p>Arguments: the directory, and optionally how many words to print (20). A word is letters and
 * digits; what can't be read is named on standard error and left out; links are not followed.
 */
public final class WordCount implements Program<WordCount.State> {
  private static final int CHUNK_BYTES = 128 * 1024;

  /**
   * How far it is.
   *
   * @param pending files and directories still to be read, the next one last
   * @param offset bytes of the next one that are counted
   * @param files how many are counted
   * @param bytes how many are counted
   * @param counts by word
   * @param top how many words to print
   */
  public record State(
      List<String> pending,
      long offset,
      long files,
      long bytes,
      TreeMap<String, Long> counts,
      int top) {}

  @Override
  public Class<State> stateType() {
    return State.class;
  }

  @Override
  public State start(List<String> arguments, Context context) {
    if (arguments.isEmpty()) throw new IllegalArgumentException("which directory?");
    int top = 20;
    if (arguments.size() > 1) top = Arguments.integer(arguments, 1, "how many words", 0, 1_000_000);
    var root = Path.of(arguments.get(0)).toAbsolutePath().normalize().toString();
    return new State(new ArrayList<>(List.of(root)), 0, 0, 0, new TreeMap<>(), top);
  }

  @Override
  public Step<State> step(State state, Context context) {
    if (state.pending().isEmpty()) {
      print(state, context);
      return Step.done();
    }
    String name = state.pending().getLast();
    var path = Path.of(name);
    context.progress(state.files() + " files, now " + path.getFileName());
    try {
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        state.pending().removeLast();
        state.pending().addAll(entries(path));
        return Step.next(state);
      }
      return Step.next(read(state, path));
    } catch (IOException e) {
      context.printError("left out: " + e + "\n");
      state.pending().removeLast();
      return Step.next(at(state, 0, state.files(), state.bytes()));
    }
  }

  /** Files and directories, so that the first by name is read first. */
  private static List<String> entries(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries
          .filter(
              each ->
                  Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)
                      || Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS))
          .map(Path::toString)
          .sorted(Collections.reverseOrder())
          .toList();
    }
  }

  private static State read(State state, Path file) throws IOException {
    var buffer = ByteBuffer.allocate(CHUNK_BYTES);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.position(state.offset());
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // Reads on until the chunk is full or the file ends.
      }
    }
    boolean last = buffer.hasRemaining();
    int length = last ? buffer.position() : endOfWords(buffer.array(), buffer.position());
    count(new String(buffer.array(), 0, length, StandardCharsets.UTF_8), state.counts());
    if (last) state.pending().removeLast();
    return at(
        state,
        last ? 0 : state.offset() + length,
        state.files() + (last ? 1 : 0),
        state.bytes() + length);
  }

  private static State at(State state, long offset, long files, long bytes) {
    return new State(state.pending(), offset, files, bytes, state.counts(), state.top());
  }

  /** A chunk ends behind a blank, so that no word and no character is cut in two. */
  private static int endOfWords(byte[] bytes, int length) {
    int end = length;
    while (end > 0 && bytes[end - 1] != ' ' && bytes[end - 1] != '\n') end--;
    return end == 0 ? length : end;
  }

  private static void count(String text, Map<String, Long> counts) {
    int from = -1;
    for (int at = 0; at <= text.length(); at++) {
      boolean inside = at < text.length() && Character.isLetterOrDigit(text.charAt(at));
      if (inside && from < 0) from = at;
      if (!inside && from >= 0) {
        counts.merge(text.substring(from, at).toLowerCase(Locale.ROOT), 1L, Long::sum);
        from = -1;
      }
    }
  }

  private static void print(State state, Context context) {
    long words = state.counts().values().stream().mapToLong(Long::longValue).sum();
    context.println(
        words
            + " words, "
            + state.counts().size()
            + " different, in "
            + state.files()
            + " files of "
            + state.bytes()
            + " bytes");
    state.counts().entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(state.top())
        .forEach(each -> context.println(each.getValue() + " " + each.getKey()));
  }
}
