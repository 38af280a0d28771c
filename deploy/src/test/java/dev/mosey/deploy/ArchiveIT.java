package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.deploy.Installation.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The archive, unpacked elsewhere: complete, without caches, and quicker once it has some. */
class ArchiveIT {
  @Test
  void itRunsWithoutCachesAndMakesItsOwnAgainAndAgain() throws IOException {
    try (Installation mosey = new Installation()) {
      Path home = unpack(mosey);
      Path cache = home.resolve("lib/cache");
      assertThat(cache).doesNotExist();
      assertThat(mosey.run(home.resolve("bin/mosq") + "", "--version").status()).isZero();
      Files.createDirectories(cache);
      Files.writeString(cache.resolve("tools.aot"), "of another JDK");
      assertThat(mosey.run(home.resolve("bin/mosq") + "", "--version").status()).isZero();
      for (int time = 0; time < 2; time++) {
        Said made = mosey.run(home.resolve("libexec/make-caches").toString()).ok();
        assertThat(made.out() + made.err()).isEmpty();
        assertThat(cache).isDirectoryContaining("glob:**/mosd.aot");
        assertThat(cache.resolve("tools.aot").toFile().length()).isGreaterThan(1 << 20);
        try (Stream<Path> files = Files.list(cache)) {
          assertThat(files).hasSize(2);
        }
      }
    }
  }

  @Test
  void cachesThatCannotBeMadeAreNoFailure() throws IOException {
    try (Installation mosey = new Installation()) {
      Path home = unpack(mosey);
      Files.writeString(home.resolve("lib/cache"), "a file where the folder belongs");
      Said said = mosey.run(home.resolve("libexec/make-caches").toString()).ok();
      assertThat(said.err()).contains("can't be written").hasLineCount(1);
    }
  }

  private static Path unpack(Installation mosey) throws IOException {
    try (Stream<Path> files = Files.list(mosey.root().resolve("deploy/target"))) {
      Path archive = files.filter(f -> f.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
      mosey.run("tar", "-xzf", archive.toString()).ok();
    }
    return mosey.folder().resolve("mosey");
  }
}
