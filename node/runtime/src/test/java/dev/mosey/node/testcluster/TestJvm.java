package dev.mosey.node.testcluster;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * How a node of a test is started: with the class path and the JDK of the test. Class folders are
 * packed into jars first, since only jars can have an archive of loaded classes, which makes a
 * start several times cheaper. Jars and archive are made once per state of the classes, in {@code
 * target/testcluster}.
 */
final class TestJvm {
  private static final int END_SECONDS = 60;
  private static final List<String> OPTIONS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Xmx256m",
          "-Xshare:auto",
          "-Xlog:disable");

  private static TestJvm instance;

  private final Path classes;
  private final String classPath;
  private final Path archive;

  private TestJvm() throws IOException {
    classes =
        Path.of(
                System.getProperty("basedir", Path.of("").toAbsolutePath().toString()),
                "target",
                "testcluster")
            .toAbsolutePath();
    Files.createDirectories(classes);
    try (FileChannel lock =
        FileChannel.open(
            classes.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      lock.lock();
      List<String> jars = new ArrayList<>();
      CRC32 state = new CRC32();
      String path =
          System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
      for (String entry : path.split(File.pathSeparator)) {
        Path element = Path.of(entry);
        if (Files.isDirectory(element) && !element.endsWith("test-classes")) {
          jars.add(jar(element).toString());
        } else if (entry.endsWith(".jar") && Files.exists(element)) {
          jars.add(entry);
        }
      }
      jars.forEach(jar -> state.update(jar.getBytes(StandardCharsets.UTF_8)));
      classPath = String.join(File.pathSeparator, jars);
      archive = classes.resolve(HexFormat.of().toHexDigits(state.getValue()) + ".jsa");
    }
  }

  static synchronized TestJvm get() {
    if (instance == null) {
      try {
        instance = new TestJvm();
        instance.makeArchive();
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
    return instance;
  }

  /** The command of a node, without its own arguments. */
  List<String> command(List<String> jvmOptions) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(OPTIONS);
    if (Files.exists(archive)) {
      command.add("-XX:SharedArchiveFile=" + archive);
    }
    Path keeper = classes.resolveSibling("native").resolve("mosd-keeper");
    if (Files.isExecutable(keeper)) {
      command.add("-Dmosey.keeper.path=" + keeper);
    }
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath, "dev.mosey.node.boot.MosdMain"));
    return command;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Lets one node come up and end, and keeps the classes that it loaded. */
  private void makeArchive() throws IOException {
    if (Files.exists(archive)) {
      return;
    }
    Path made = classes.resolve(archive.getFileName() + "." + ProcessHandle.current().pid());
    try (TestCluster one =
        TestCluster.of("archive").jvmOption("-XX:ArchiveClassesAtExit=" + made).start()) {
      one.awaitUp(1);
      one.node("archive").terminate();
      one.node("archive").awaitExit();
    } catch (AssertionError slow) {
      System.err.println("no archive of classes: " + slow.getMessage());
    }
    if (Files.exists(made)) {
      Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Packs a folder, unless a jar of this very state is there. */
  private Path jar(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    CRC32 state = new CRC32();
    for (Path file : files) {
      String line =
          file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis();
      state.update(line.getBytes(StandardCharsets.UTF_8));
    }
    Path jar = classes.resolve(HexFormat.of().toHexDigits(state.getValue()) + ".jar");
    if (Files.exists(jar)) {
      return jar;
    }
    Path written = Files.createTempFile(classes, "jar", ".new");
    try (OutputStream out = Files.newOutputStream(written);
        JarOutputStream packed = new JarOutputStream(out)) {
      packed.setLevel(0);
      for (Path file : files) {
        packed.putNextEntry(new JarEntry(folder.relativize(file).toString()));
        Files.copy(file, packed);
        packed.closeEntry();
      }
    }
    return Files.move(written, jar, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Ends a process that a test has started, and waits until it is gone. */
  static void end(Process process) {
    process.destroyForcibly();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("process " + process.pid() + " does not end");
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends a signal. */
  static void signal(String name, long pid) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start();
      kill.waitFor();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
