package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.deploy.Installation.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
  void everyProgramHasAManualPageAndCompletions() throws IOException {
    try (Installation mosey = new Installation()) {
      Path home = unpack(mosey);
      List<String> programs = names(home.resolve("bin"));
      programs.removeAll(List.of("launch", "mosey-front")); // what the others are links to
      assertThat(programs).contains("mosq", "mosmigrate", "mosd");
      assertThat(names(home.resolve("share/man/man1")))
          .containsExactlyElementsOf(programs.stream().map(name -> name + ".1").toList());
      Path completions = home.resolve("share/completions");
      assertThat(names(completions.resolve("bash"))).containsExactlyElementsOf(programs);
      assertThat(names(completions.resolve("zsh")))
          .containsExactlyElementsOf(programs.stream().map(name -> "_" + name).toList());
      assertThat(names(completions.resolve("fish")))
          .containsExactlyInAnyOrderElementsOf(
              programs.stream().map(name -> name + ".fish").toList());
    }
  }

  @Test
  void theManualPagesOfMosdAndMosimNameTheOptionsThatTheyHave() throws IOException {
    try (Installation mosey = new Installation()) {
      Path home = unpack(mosey);
      for (String program : List.of("mosd", "mosim")) {
        String help = mosey.run(home.resolve("bin/" + program).toString(), "--help").ok().out();
        String page = Files.readString(home.resolve("share/man/man1/" + program + ".1"));
        Set<String> named = options(page.replace("\\-", "-"));
        assertThat(named).as(program).hasSizeGreaterThan(5).isEqualTo(options(help));
      }
    }
  }

  /** Long options, but for those that every program has. */
  private static Set<String> options(String text) {
    return Pattern.compile("--[a-z][a-z-]+")
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .filter(option -> !List.of("--help", "--version").contains(option))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return new ArrayList<>(files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void noLibraryIsThereInTwoVersions() throws IOException {
    try (Installation mosey = new Installation()) {
      Path lib = unpack(mosey).resolve("lib");
      List<String> jars = names(lib);
      jars.addAll(names(lib.resolve("node")));
      assertThat(jars.stream().filter(name -> name.endsWith(".jar")))
          .hasSizeGreaterThan(20)
          .extracting(name -> name.replaceFirst("-\\d[0-9.]*(-SNAPSHOT)?", ""))
          .doesNotHaveDuplicates();
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
