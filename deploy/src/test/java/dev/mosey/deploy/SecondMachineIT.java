package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mosey.deploy.Installation.Said;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A second machine joins by the one line that {@code moskey invite} prints. Its user has other
 * directories, so no key but the one in the line.
 */
class SecondMachineIT {
  private static Optional<String> address() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(a -> !a.isLoopbackAddress() && !a.isLinkLocalAddress())
        .filter(a -> a.getAddress().length == 4)
        .map(InetAddress::getHostAddress)
        .findFirst();
  }

  @Test
  void theLineOfMoskeyInviteBringsKeyAndSeedsAndWorkFlowsThere() throws SocketException {
    Optional<String> host = address();
    assumeTrue(host.isPresent(), "this machine has no address that others reach");
    try (Installation first = new Installation();
        Installation second = new Installation()) {
      first.run("mosixd", "start", "--name", "alpha", "--host", host.get()).ok();
      String line = first.run("moskey", "invite").ok().line();
      assertThat(line).startsWith("moskey join mosey1-").doesNotContain("\n");
      assertThat(second.run("mosctl", "status").status()).isNotZero();

      String[] words = line.split(" ");
      second.run(words).ok();

      assertThat(second.json("mosctl", "status").path("items")).hasSize(2);
      String id =
          first.run("mosq", "submit", "--array", "1-8", "--", "sh", "-c", "sleep 1").ok().line();
      Set<String> hosts = new TreeSet<>();
      first.run("mosq", "wait", id).ok();
      for (int task = 1; task <= 8; task++) {
        hosts.add(second.json("mosq", "show", id + "." + task).path("host").asText());
      }
      assertThat(hosts).hasSize(2).contains("alpha");
    }
  }

  @Test
  void aNodeThatOnlyItsOwnMachineReachesInvitesNobodyAndSaysWhatToDo() {
    try (Installation first = new Installation()) {
      first.run("mosixd", "start", "--name", "alpha").ok();
      Said said = first.run("moskey", "invite");
      assertThat(said.status()).isEqualTo(1);
      assertThat(said.err()).contains("this machine only").contains("mosixd start --host");
    }
  }

  @Test
  void aDamagedLineIsRefusedAndNothingIsKept() {
    try (Installation second = new Installation()) {
      Said said = second.run("moskey", "join", "mosey1-AEMwQQIBADATBgcqhkjOPQ");
      assertThat(said.status()).isEqualTo(2);
      assertThat(said.err().lines()).hasSizeLessThanOrEqualTo(2);
      assertThat(said.err()).startsWith("moskey: ").doesNotContain("Exception");
      assertThat(second.run("moskey", "show").status()).isNotZero();
    }
  }
}
