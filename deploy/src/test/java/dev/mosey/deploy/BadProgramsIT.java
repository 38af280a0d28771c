package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.deploy.Installation.Said;
import dev.mosey.program.Context;
import dev.mosey.program.Program;
import dev.mosey.program.Step;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Programs, files and addresses that are wrong: each says so in words, and nothing else changes.
 */
class BadProgramsIT {
  private static Installation mosey;
  private static Path jar;

  @BeforeAll
  static void start() throws IOException {
    mosey = new Installation();
    mosey.run("mosixd", "start", "--name", "alpha").ok();
    jar = mosey.folder().resolve("bad.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Class<?> type :
          List.of(Third.class, Third.At.class, Secret.class, Secret.Held.class, Neither.class)) {
        String name = type.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(name));
        try (InputStream code = type.getClassLoader().getResourceAsStream(name)) {
          code.transferTo(out);
        }
      }
    }
  }

  @AfterAll
  static void stop() {
    mosey.close();
  }

  /** Fails in its third step. */
  public static final class Third implements Program<Third.At> {
    /** How far. */
    public record At(int steps) {}

    @Override
    public Class<At> stateType() {
      return At.class;
    }

    @Override
    public At start(List<String> arguments, Context context) {
      context.println("begins");
      return new At(0);
    }

    @Override
    public Step<At> step(At at, Context context) {
      if (at.steps() == 2) {
        throw new IllegalStateException("the third step fails");
      }
      return Step.next(new At(at.steps() + 1));
    }
  }

  /** Has a state that can't be written; runs until its folder has a file named "stop". */
  public static final class Secret implements Program<Secret.Held> {
    /** A thread is no data. */
    public record Held(Thread thread) {}

    @Override
    public Class<Held> stateType() {
      return Held.class;
    }

    @Override
    public Held start(List<String> arguments, Context context) {
      return new Held(Thread.currentThread());
    }

    @Override
    public Step<Held> step(Held held, Context context) throws Exception {
      // sleeps because a program that only waits should not burn a core
      Thread.sleep(20);
      return Files.exists(Path.of("stop")) ? Step.done(0) : Step.next(held);
    }
  }

  /** Is no program. */
  public static final class Neither {}

  private static Said submit(String type) {
    return mosey.run("mosq", "submit", "--wait", "--jar", jar.toString(), "--class", type);
  }

  @Test
  void aJarWithoutTheClassIs126AndSaysWhichClassIsMissing() {
    Said said = submit("no.such.Program");
    assertThat(said.status()).isEqualTo(126);
    String id = said.out().strip();
    assertThat(mosey.run("mosq", "logs", "--stderr", id).ok().out())
        .contains("no.such.Program is not in the jar");
  }

  @Test
  void aClassThatIsNoProgramIs126() {
    Said said = submit(Neither.class.getName());
    assertThat(said.status()).isEqualTo(126);
    assertThat(mosey.run("mosq", "logs", "--stderr", said.out().strip()).ok().out())
        .contains("does not implement dev.mosey.program.Program");
  }

  @Test
  void aClassThatThrowsInItsThirdStepFailsWithItsOwnTrace() {
    Said said = submit(Third.class.getName());
    assertThat(said.status()).isEqualTo(1);
    String id = said.out().strip();
    assertThat(mosey.state(id)).isEqualTo("failed");
    assertThat(mosey.run("mosq", "logs", id).ok().out()).isEqualTo("begins\n");
    assertThat(mosey.run("mosq", "logs", "--stderr", id).ok().out())
        .startsWith("java.lang.IllegalStateException: the third step fails")
        .doesNotContain("dev.mosey.program.worker");
  }

  @Test
  void aStateThatDoesNotSerialiseRunsOnAndIsNotMoved() throws IOException {
    Path folder = Files.createDirectories(mosey.folder().resolve("secret"));
    String id =
        mosey
            .run(
                "mosq",
                "submit",
                "--cwd",
                folder.toString(),
                "--jar",
                jar.toString(),
                "--class",
                Secret.class.getName())
            .ok()
            .line();
    mosey.await("it to run", () -> mosey.state(id), "running"::equals);
    Said said = mosey.run("migrate", id, "out");
    assertThat(said.status()).isEqualTo(1);
    assertThat(said.err()).startsWith("migrate: ").doesNotContain("Exception");
    assertThat(mosey.state(id)).isEqualTo("running");
    Files.createFile(folder.resolve("stop"));
    assertThat(mosey.run("mosq", "wait", id).status()).isZero();
  }

  @Test
  void aFileThatIsNoJarIsRefusedBeforeAnythingIsSubmitted() throws IOException {
    Path text = Files.writeString(mosey.folder().resolve("text.jar"), "no jar");
    Said said = mosey.run("mosq", "submit", "--jar", text.toString(), "--class", "a.B");
    assertThat(said.status()).isIn(1, 2);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).startsWith("mosq: ").contains("text.jar");
  }

  @Test
  void aPortInUseIsOneLineAndAHint() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String taken = Integer.toString(other.getLocalPort());
      Said said =
          mosey.run(
              "mosd",
              "--name",
              "beta",
              "--port",
              "0",
              "--http-port",
              taken,
              "--data",
              mosey.folder().resolve("beta").toString());
      assertThat(said.status()).isEqualTo(1);
      assertThat(said.err().lines().filter(line -> line.startsWith("mosd: "))).hasSize(1);
      assertThat(said.err()).contains(taken).contains("hint: ").doesNotContain("\tat ");
    }
  }
}
