package dev.mosey.protocol.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InvitationLineTest {
  /** Made once with keytool; it guards nothing. */
  private static final KeyMaterial KEY =
      new KeyMaterial(
          Base64.getDecoder()
              .decode(
                  "MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCBHerYkFSMK7ig2frOS"
                      + "pYAPsJHRYsQaLvtpIj1JCaPlcg=="),
          Base64.getDecoder()
              .decode(
                  "MIIBOTCB4KADAgECAgkA6d1w382Yia0wCgYIKoZIzj0EAwMwEDEOMAwGA1UEAxMFbW9zZX"
                      + "kwIBcNMjYxMTIyMTY1MjExWhgPMjEyNjEwMjkxNjUyMTFaMBAxDjAMBgNVBAMTBW1vc2V5"
                      + "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAETwd9/6FzOgC9PRYuwD8lMYnx2zwoU3qn2F"
                      + "wO+PQZ0+qN9rg8s2DlEGmf+q4ZQ8eO0V0NBS6r/WmgCPq71i9d8qMhMB8wHQYDVR0OBBYE"
                      + "FGFoVCMeW3d2SkyrMJBATCvrjblQMAoGCCqGSM49BAMDA0gAMEUCIAWWYqxWKptdXEsDT1"
                      + "MdSU92iQ4ZHIPTsLEAD4erHOd6AiEA8hgk2gVF4Jb9g3A6JBby9lHi6UM34Oj6GrqCOmyl"
                      + "pro="),
          "a-token");

  @TempDir Path directory;

  @Test
  void whatIsPrintedOnOneMachineIsReadOnTheOther() {
    InvitationLine invitation = new InvitationLine(KEY, List.of("10.0.0.5:17355", "beta:1"));
    assertThat(invitation.line()).doesNotContainAnyWhitespaces().startsWith("mosey1-");
    assertThat(InvitationLine.parse(invitation.line())).isEqualTo(invitation);
    String wrapped = invitation.line().replaceAll("(.{79})", "$1\n");
    assertThat(InvitationLine.parse("  " + wrapped + "\n")).isEqualTo(invitation);
  }

  @Test
  void aDamagedLineIsRefusedWhereverItIsDamaged() {
    String line = new InvitationLine(KEY, List.of("10.0.0.5:17355")).line();
    for (int at = "mosey1-".length(); at < line.length(); at += 7) {
      String cut = line.substring(0, at);
      String flipped =
          line.substring(0, at) + (line.charAt(at) == 'A' ? 'B' : 'A') + line.substring(at + 1);
      assertThatThrownBy(() -> InvitationLine.parse(cut)).hasMessageContaining("not complete");
      assertThatThrownBy(() -> InvitationLine.parse(flipped)).hasMessageContaining("not complete");
    }
    assertThatThrownBy(() -> InvitationLine.parse("hello"))
        .hasMessageStartingWith("this is not an invitation");
  }

  @Test
  void noSecretIsShownByAccident() {
    assertThat(new InvitationLine(KEY, List.of("a:1")).toString()).doesNotContain("a-token");
    assertThat(KEY.toString()).isEqualTo("key " + KEY.fingerprint());
  }

  @Test
  void ofSeveralNodesStartedAtOnceOneMakesTheKey() throws Exception {
    KeyDirectory keys = new KeyDirectory(directory.resolve("mosey"));
    AtomicInteger made = new AtomicInteger();
    Callable<KeyMaterial> node =
        () ->
            keys.readOrMake(
                () ->
                    new KeyMaterial(
                        KEY.privateKey(), KEY.certificate(), "t" + made.incrementAndGet()));
    try (ExecutorService nodes = Executors.newFixedThreadPool(4)) {
      List<KeyMaterial> got = new ArrayList<>();
      for (Future<KeyMaterial> each : nodes.invokeAll(Collections.nCopies(16, node))) {
        got.add(each.get());
      }
      assertThat(got).containsOnly(keys.read().orElseThrow());
    }
    assertThat(made).hasValue(1);
    for (String file : List.of("cluster.pem", "token")) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(keys.path().resolve(file))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aDamagedKeyIsNamedAndNotReplaced() throws IOException {
    KeyDirectory keys = new KeyDirectory(directory);
    keys.write(KEY);
    Files.writeString(directory.resolve("cluster.pem"), "nothing");
    assertThatThrownBy(() -> keys.readOrMake(() -> KEY))
        .isInstanceOf(IOException.class)
        .hasMessage("the cluster's key in " + directory + " is not usable: has no private key");
    Files.delete(directory.resolve("cluster.pem"));
    assertThatThrownBy(() -> keys.readOrMake(() -> KEY))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not complete");
  }

  @Test
  void notesOfNodesThatRunNoLongerAreIgnored() throws IOException {
    KeyDirectory keys = new KeyDirectory(directory);
    RunNote mine = RunNote.ofThisProcess("alpha", "http://127.0.0.1:1");
    mine.leave(keys);
    new RunNote("beta", mine.pid(), mine.startedAtMillis() - 5_000, mine.bootId(), "u").leave(keys);
    new RunNote("gamma", mine.pid(), mine.startedAtMillis(), "another boot", "u").leave(keys);
    Files.writeString(keys.run().resolve("delta.json"), "{");
    assertThat(RunNote.running(keys)).containsExactly(mine);
    mine.remove(keys);
    assertThat(RunNote.running(keys)).isEmpty();
  }
}
