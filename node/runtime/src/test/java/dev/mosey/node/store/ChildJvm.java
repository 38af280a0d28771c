package dev.mosey.node.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;

/** A JVM that runs a main class of the tests. Its standard output is read line by line. */
final class ChildJvm {
  private static Path nativeDirectory;

  private final Process process;
  private final BufferedReader output;

  private ChildJvm(Process process) {
    this.process = process;
    this.output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  static ChildJvm start(Class<?> main, String... arguments) throws IOException {
    return start(List.of(), main, arguments);
  }

  /** With a command before the JVM's, for instance a tracer. */
  static ChildJvm start(List<String> before, Class<?> main, String... arguments)
      throws IOException {
    var command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.library.path=" + unpackedLibrary(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            main.getName()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return new ChildJvm(builder.start());
  }

  /** Once per JVM: unpacking takes longer than a child lives. */
  private static synchronized Path unpackedLibrary() throws IOException {
    if (nativeDirectory != null) return nativeDirectory;
    var jar = org.rocksdb.RocksDB.class.getProtectionDomain().getCodeSource().getLocation();
    var name = org.rocksdb.util.Environment.getJniLibraryFileName("rocksdb");
    nativeDirectory = Files.createTempDirectory("mosey-native");
    nativeDirectory.toFile().deleteOnExit();
    var target = nativeDirectory.resolve(name);
    try (var zip = new ZipFile(jar.getPath());
        var in = zip.getInputStream(zip.getEntry(name))) {
      Files.copy(in, target);
    }
    target.toFile().deleteOnExit();
    return nativeDirectory;
  }

  long pid() {
    return process.pid();
  }

  /** The next line, or null at the end. */
  String readLine() throws IOException {
    return output.readLine();
  }

  /** Closes its standard input and waits. */
  int end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    return process.waitFor();
  }

  /**
   * As kill -9. What it had written can still be read: Process.destroyForcibly would close that.
   */
  void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    process.waitFor();
  }
}
