package dev.mosey.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.program.Context;
import dev.mosey.program.Program;
import dev.mosey.program.worker.Stepper;
import dev.mosey.protocol.job.Resources;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each example prints what is right, and the same when it is packed and unpacked on the way. */
class ExamplesTest {
  private final Path classes =
      Path.of(Queens.class.getProtectionDomain().getCodeSource().getLocation().getPath());

  @Test
  void queensFindTheKnownCounts() throws Exception {
    assertThat(unmoved(Queens.class, "12")).isEqualTo("12 queens: 14200 ways\n");
    assertThat(moved(Queens.class, 1, "12")).isEqualTo("12 queens: 14200 ways\n");
  }

  @Test
  void anOptionPriceIsRightWithinItsErrorAndTheSameBitByBitWhenMoved() throws Exception {
    String plain = unmoved(OptionPrice.class, "40000", "7");
    assertThat(moved(OptionPrice.class, 2, "40000", "7")).isEqualTo(plain);
    String[] european = plain.lines().toList().get(2).split("\\s+");
    double price = Double.parseDouble(european[1]);
    double error = Double.parseDouble(european[3]);
    // Black and Scholes: price 100, strike 100, rate 3 %, volatility 20 %, one year.
    assertThat(price).isBetween(9.4134 - 4 * error, 9.4134 + 4 * error);
    assertThat(error).isBetween(0.01, 0.1);
  }

  @Test
  void wordsOfATreeAreCountedOnceAlsoAcrossChunks(@TempDir Path tree) throws Exception {
    var random = new Random(3);
    var text = new StringBuilder();
    for (int word = 0; word < 60_000; word++) {
      text.append("w\u00f6rd").append(random.nextInt(50)).append(word % 9 == 0 ? '\n' : ' ');
    }
    Files.createDirectories(tree.resolve("a/b"));
    Files.writeString(tree.resolve("a/b/large.txt"), text);
    Files.writeString(tree.resolve("a/small.txt"), "Apple apple, APPLE; pear.");
    String plain = unmoved(WordCount.class, tree.toString(), "2");
    assertThat(plain).startsWith("60004 words, 52 different, in 2 files of ");
    assertThat(moved(WordCount.class, 1, tree.toString(), "2")).isEqualTo(plain);
  }

  private String unmoved(Class<? extends Program<?>> program, String... arguments)
      throws Exception {
    return run(program, Integer.MAX_VALUE, arguments);
  }

  private String moved(Class<? extends Program<?>> program, int everySteps, String... arguments)
      throws Exception {
    return run(program, everySteps, arguments);
  }

  private String run(Class<? extends Program<?>> program, int everySteps, String... arguments)
      throws Exception {
    var out = new Recorder();
    Stepper<?> stepper = Stepper.load(classes, program.getName(), out);
    stepper.start(List.of(arguments));
    int steps = 0;
    while (true) {
      var status = stepper.step();
      if (status.isPresent()) {
        assertThat(status).hasValue(0);
        stepper.close();
        assertThat(steps).as("steps, so that it could move").isPositive();
        return out.printed.toString();
      }
      if (++steps % everySteps == 0) {
        var image = new ByteArrayOutputStream();
        stepper.pack(image);
        stepper.close();
        stepper = Stepper.load(classes, program.getName(), out);
        stepper.resume(new ByteArrayInputStream(image.toByteArray()));
      }
    }
  }

  private static final class Recorder implements Context {
    final StringBuilder printed = new StringBuilder();

    @Override
    public void print(String text) {
      printed.append(text);
    }

    @Override
    public void printError(String text) {
      throw new AssertionError(text);
    }

    @Override
    public void progress(String line) {
      assertThat(line).isNotBlank();
    }

    @Override
    public String id() {
      return "alpha.1";
    }

    @Override
    public OptionalInt task() {
      return OptionalInt.empty();
    }

    @Override
    public String entry() {
      return null;
    }

    @Override
    public String host() {
      return "alpha";
    }

    @Override
    public int incarnation() {
      return 1;
    }

    @Override
    public Resources resources() {
      return Resources.NONE;
    }
  }
}
