package dev.mosey.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;

/** RocksDB's native code, 17 MB of it, is not left behind by a daemon that ends in whatever way. */
class NativeLibraryTest {
  @TempDir Path directory;

  /** Loads, and ends as a killed daemon does: no exit hook runs. */
  static final class Main {
    public static void main(String[] arguments) {
      NativeLibrary.load();
      System.out.println(RocksDB.rocksdbVersion());
      Runtime.getRuntime().halt(0);
    }
  }

  @Test
  void theUnpackedLibraryIsGoneOnceItIsLoaded() throws Exception {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + directory,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName())
            .redirectErrorStream(true)
            .start();
    var said =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).containsPattern("\\d+\\.\\d+\\.\\d+");
    assertThat(directory).isEmptyDirectory();
  }
}
