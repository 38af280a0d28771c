package dev.mosey.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.tools.Typist.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class WrongInputTest {
  @TempDir Path directory;
  private final FakeNode node = new FakeNode();
  private Typist typist;

  @BeforeEach
  void sitDown() throws IOException {
    typist = new Typist(directory).at(node);
    Files.writeString(directory.resolve("empty"), "");
    Files.writeString(directory.resolve("x.wasm"), "\0asm\1\0\0\0");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(
      resources = "wrong-input.txt",
      delimiter = '|',
      quoteCharacter = '"',
      nullValues = "none")
  void isAnsweredWithOneLineAndAHint(String line, int status, String message, String hint) {
    Seen seen = typist.types(line.strip().replaceAll(" +", " "));
    String tool = line.substring(0, line.indexOf(' ') < 0 ? line.length() : line.indexOf(' '));
    String expected = tool + ": " + message + "\n" + (hint == null ? "" : "hint: " + hint + "\n");
    assertThat(seen).isEqualTo(new Seen(status, "", expected));
  }

  @Test
  void wordsThatCantBeTypedInATableAreUsageToo() {
    Seen nothing = typist.runs(List.of("mosq", "submit", "--", ""));
    assertThat(nothing.status()).isEqualTo(2);
    assertThat(nothing.err()).startsWith("mosq: no command was given\nhint: ");
    assertThat(typist.runs(List.of("mosq", "submit", "-J", "a\nb", "true")))
        .isEqualTo(
            new Seen(2, "", "mosq: --name must be one line of at most 200 printable characters\n"));
  }

  @Test
  void aTuneThatTheNodesRefuseWasTypedWrong() {
    node.on("PATCH /tunes", 422, "{\"title\":\"there is no tune 'foo'\",\"hint\":\"tune\"}");
    assertThat(typist.types("tune --set foo=1"))
        .isEqualTo(new Seen(2, "", "tune: there is no tune 'foo'\nhint: tune\n"));
  }

  @Test
  void nobodyListensThere() {
    typist.without("MOSEY_NODE");
    assertThat(typist.types("mosq --node http://127.0.0.1:1 list"))
        .isEqualTo(
            new Seen(
                3,
                "",
                """
                mosq: no node could be reached (http://127.0.0.1:1: nobody listens there)
                hint: mosixd status shows your nodes on this machine
                """));
    assertThat(typist.types("mosps --node http://127.0.0.1:1 --json"))
        .isEqualTo(
            new Seen(
                3,
                "{\"error\":{\"code\":\"unreached\",\"message\":\"no node could be reached"
                    + " (http://127.0.0.1:1: nobody listens there)\",\"hint\":\"mosixd status shows"
                    + " your nodes on this machine\"}}\n",
                ""));
  }

  @Test
  void aWrongKeyIsSaidAsTheNodeSaysIt() {
    node.on(
        "GET /tunes",
        401,
        "{\"title\":\"this is not the cluster's key\",\"code\":\"unauthorised\",\"hint\":\"ask\"}");
    assertThat(typist.types("tune"))
        .isEqualTo(new Seen(1, "", "tune: this is not the cluster's key\nhint: ask\n"));
  }

  @Test
  void aDamagedTokenIsNotSent() throws IOException {
    typist.without("MOSEY_TOKEN");
    Path keys = Files.createDirectories(directory.resolve(".config/mosey"));
    Files.writeString(keys.resolve("token"), "a\nb\n");
    assertThat(typist.types("tune").err())
        .isEqualTo(
            "tune: the token in "
                + keys.resolve("token")
                + " is damaged\nhint: moskey join puts a good one there\n");
    assertThat(node.asked()).isEmpty();
  }

  @Test
  void somethingElseThanANodeAnswers() {
    node.on("GET /tunes", 200, "<html>hello</html>");
    assertThat(typist.types("tune").err())
        .isEqualTo(
            "tune: "
                + node.url()
                + " does not answer like a node of Mosey\n"
                + "hint: is this address a node's?\n");
  }

  @Test
  void anOddFormatInTheEnvironmentIsNamed() {
    assertThat(typist.with("MOSEY_FORMAT", "xml").types("mosq list"))
        .isEqualTo(
            new Seen(2, "", "mosq: MOSEY_FORMAT must be table, wide, json or quiet, was 'xml'\n"));
  }
}
