package dev.mosey.tools.node;

import dev.mosey.protocol.key.InvitationLine;
import dev.mosey.protocol.key.KeyMaterial;
import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Pages;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Operand;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;
import dev.mosey.tools.service.Service;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code moskey}: who has the cluster's key belongs to the cluster. */
public final class Moskey {
  private static final Option SEED =
      Option.value(
              "--seed", "HOST:PORT", "How the new machine reaches a node; else the nodes' own.")
          .many();
  private static final Option HOST =
      Option.value("--host", "ADDR", "This machine's address for the others; found by itself.");
  private static final Option REPLACE =
      Option.flag("--replace", "Puts it in the place of another cluster's key.");
  private static final Option NO_START = Option.flag("--no-start", "Does not start a node.");
  private static final Option TOKEN = Option.flag("--token", "Prints the token for HTTP, alone.");
  private static final int SEEDS_MOST = 5;

  private Moskey() {}

  /** Its model. */
  public static Command command() {
    return Command.named("moskey", "The cluster's key: let other machines in")
        .verbs(
            List.of(
                Command.named("invite", "Prints one line; pasted on another machine, it joins")
                    .details("Whoever sees the line can join: it is a secret.")
                    .options(SEED)
                    .examples("moskey invite", "ssh other \"$(moskey invite)\"")
                    .does(Moskey::invite),
                Command.named("join", "Takes an invitation: keeps the key and starts a node")
                    .operands(
                        Operand.any(
                            "LINE", Values.ANY, "What moskey invite printed; else it is read."))
                    .options(HOST, REPLACE, NO_START)
                    .examples("moskey join mosey1-...", "moskey join < invitation")
                    .does(Moskey::join),
                Command.named("show", "Which key this is")
                    .options(TOKEN)
                    .examples(
                        "moskey show",
                        "curl -H \"Authorization: Bearer $(moskey show --token)\" ...")
                    .does(Moskey::show),
                Command.later("rotate", "Changes the key")))
        .examples("moskey invite", "moskey join mosey1-...");
  }

  private static int invite(Run run) {
    KeyMaterial key = run.keys().material();
    List<String> seeds = run.in().has(SEED) ? run.in().all(SEED) : reachable(run);
    seeds.forEach(Moskey::checkSeed);
    String line = new InvitationLine(key, seeds).line();
    switch (run.mode()) {
      case JSON ->
          run.json(
              new JsonValue.Members()
                  .put("invitation", line)
                  .put("command", "moskey join " + line)
                  .put("seeds", seeds)
                  .put("fingerprint", key.fingerprint()));
      case QUIET -> run.out().println(line);
      case TABLE, WIDE -> run.out().println("moskey join " + line);
    }
    if (run.caller().terminal().out()) {
      run.note("paste this line on the other machine; whoever sees it can join");
    }
    return 0;
  }

  private static List<String> reachable(Run run) {
    List<String> seeds = new ArrayList<>();
    boolean any = false;
    for (JsonValue node : Pages.all(run.client(), "/nodes", Long.MAX_VALUE).get("items").items()) {
      String address = node.text("address", "");
      address = address.substring(address.lastIndexOf('@') + 1);
      address = address.substring(address.lastIndexOf('/') + 1);
      if (address.isEmpty() || !"up".equals(node.text("state"))) {
        continue;
      }
      any = true;
      boolean loopback =
          address.startsWith("127.")
              || address.startsWith("localhost:")
              || address.startsWith("[::1]");
      if (!loopback && seeds.size() < SEEDS_MOST) {
        seeds.add(address);
      }
    }
    if (seeds.isEmpty()) {
      throw Failure.refused(
          any
              ? "every node listens on this machine only, so no other could join"
              : "no node is up, so nobody could be joined",
          any
              ? "mosixd stop, then mosixd start --host ADDR with an address that others reach"
              : "mosixd start --host ADDR");
    }
    return seeds;
  }

  private static void checkSeed(String seed) {
    address(seed);
  }

  private static InetSocketAddress address(String seed) {
    int colon = seed.lastIndexOf(':');
    try {
      int port = Integer.parseInt(seed.substring(colon + 1));
      if (colon > 0 && port > 0 && port < 65_536) {
        return InetSocketAddress.createUnresolved(seed.substring(0, colon), port);
      }
    } catch (NumberFormatException notAPort) {
      // said below
    }
    throw Failure.usage("'" + seed + "' is not HOST:PORT", "like 10.0.0.5:17355");
  }

  private static int join(Run run) {
    String pasted = String.join("", run.in().operands());
    if (pasted.isEmpty()) {
      pasted = read(run);
    }
    InvitationLine invitation;
    try {
      invitation = InvitationLine.parse(pasted.replaceFirst("^\\s*moskey\\s+join\\s+", ""));
    } catch (IllegalArgumentException malformed) {
      throw Failure.usage(malformed.getMessage(), null);
    }
    keep(run, invitation.key());
    boolean starts = !run.in().has(NO_START);
    if (run.mode().forPeople()) {
      run.out()
          .println(
              "the key "
                  + invitation.key().fingerprint()
                  + " is in "
                  + run.keys().directory().path());
      run.out().flush();
    }
    if (!starts || invitation.seeds().isEmpty()) {
      if (!run.mode().forPeople()) {
        print(run, invitation);
      }
      return 0;
    }
    String host = run.in().has(HOST) ? run.in().text(HOST) : ownAddress(invitation.seeds());
    return Service.join(run, host, invitation.seeds());
  }

  private static void print(Run run, InvitationLine invitation) {
    switch (run.mode()) {
      case JSON ->
          run.json(
              new JsonValue.Members()
                  .put("fingerprint", invitation.key().fingerprint())
                  .put("seeds", invitation.seeds()));
      case QUIET -> run.out().println(invitation.key().fingerprint());
      case TABLE, WIDE -> {}
    }
  }

  private static String read(Run run) {
    try {
      return new String(run.caller().in().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw Failure.refused("standard input can't be read: " + unreadable.getMessage(), null);
    }
  }

  private static void keep(Run run, KeyMaterial key) {
    try {
      Optional<KeyMaterial> present = run.keys().directory().read();
      if (present.isPresent() && present.get().equals(key)) {
        return;
      }
      if (present.isPresent() && !run.in().has(REPLACE)) {
        throw Failure.refused(
            "there is another cluster's key in " + run.keys().directory().path(),
            "--replace puts this one in its place; nodes with the other one must be stopped");
      }
      run.keys().directory().write(key);
    } catch (IOException failed) {
      throw Failure.refused(failed.getMessage(), null);
    }
  }

  /** The address of this machine from which packets to the seed would go out; none is sent. */
  private static String ownAddress(List<String> seeds) {
    InetSocketAddress seed = address(seeds.getFirst());
    try (DatagramSocket probe = new DatagramSocket()) {
      probe.connect(InetAddress.getByName(seed.getHostString()), seed.getPort());
      return probe.getLocalAddress().getHostAddress();
    } catch (IOException | java.io.UncheckedIOException unreachable) {
      throw Failure.refused(
          seed.getHostString() + " can't be reached from here: " + unreachable.getMessage(),
          "--host ADDR names this machine's address");
    }
  }

  private static int show(Run run) {
    if (run.in().has(TOKEN)) {
      String token = run.keys().token();
      if (token == null) {
        run.keys().material();
      }
      run.out().println(token);
      return 0;
    }
    KeyMaterial key = run.keys().material();
    String path = run.keys().directory().path().toString();
    String until = key.x509().getNotAfter().toInstant().toString();
    switch (run.mode()) {
      case JSON ->
          run.json(
              new JsonValue.Members()
                  .put("fingerprint", key.fingerprint())
                  .put("directory", path)
                  .put("valid_until", until));
      case QUIET -> run.out().println(key.fingerprint());
      case TABLE, WIDE -> {
        run.out().println("key          " + key.fingerprint());
        run.out().println("directory    " + path);
        run.out().println("valid until  " + until);
      }
    }
    return 0;
  }
}
