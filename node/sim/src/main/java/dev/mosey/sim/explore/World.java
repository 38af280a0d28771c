package dev.mosey.sim.explore;

import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksLimits;
import dev.mosey.policy.books.HostLink;
import dev.mosey.policy.books.HostTrust;
import dev.mosey.policy.guests.Guest;
import dev.mosey.policy.guests.Guests;
import dev.mosey.policy.guests.GuestsSettings;
import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Kind;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.NodeLoss;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.ImageTaken;
import dev.mosey.protocol.wire.OfferAnswer;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.WireMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * A home, two hosts, what is under way between them, and time. Copied before it is changed; parts
 * that do not change are shared.
 *
 * <p>The clocks differ as much as they may: in each step of time the home's goes on by 1010 ms and
 * the hosts' by 1000 ms, so that the home's waiting is as short as a lease of the slowest host.
 */
final class World {
  static final long HOST_STEP = 1_000;
  static final long HOME_STEP = 1_010;
  private static final long BEGIN = 1_000_000;

  static BooksLimits limits(Profile profile) {
    long lease = profile.leaseSteps() * HOST_STEP;
    return new BooksLimits(
        10,
        10,
        10,
        1_000,
        10,
        10,
        lease,
        HOST_STEP,
        5_000,
        50_000,
        0,
        1,
        1,
        3,
        0,
        0,
        0,
        new BooksLimits.Backup(10, 10),
        new BooksLimits.Retry(0, 0, 0),
        new HostTrust.Rules(0, 0, 0, 0, 0));
  }

  final Profile profile;
  HomeNode home;
  HostNode a;
  HostNode b;
  List<InFlight> net;
  int time;
  int placingsLeft;
  int movesLeft;
  int homeCrashesLeft;
  int hostCrashesLeft;
  int handOversLeft;
  int repeatsLeft;
  int cancelsLeft;
  int endsLeft;
  int failsLeft;
  int rotsLeft;
  int freezesLeft;

  private World(Profile profile) {
    this.profile = profile;
  }

  /** A world in which everything was submitted and nothing has begun. */
  static World begin(Profile profile) {
    World world = new World(profile);
    world.net = new ArrayList<>();
    world.placingsLeft = profile.placings();
    world.movesLeft = profile.moves();
    world.homeCrashesLeft = profile.homeCrashes();
    world.hostCrashesLeft = profile.hostCrashes();
    world.handOversLeft = profile.handOvers();
    world.repeatsLeft = profile.repeats();
    world.cancelsLeft = profile.cancels();
    world.endsLeft = profile.ends();
    world.failsLeft = profile.fails();
    world.rotsLeft = profile.rots();
    world.freezesLeft = profile.freezes();
    world.a = world.host("a");
    world.b = world.host("b");
    world.home = new HomeNode(NodeName.of(profile.homeIsHost() ? "a" : "h"));
    world.home.restart(world, world.opener());
    for (int i = 1; i <= profile.processes(); i++) {
      world.home.take(world, List.of(new BooksCommand.Submit("k" + i, world.spec(i), false)));
    }
    return world;
  }

  private HostNode host(String name) {
    HostId id = new HostId(NodeName.of(name), 1);
    HostNode host =
        new HostNode(id.node(), new Guests(id, settings(), profile.rules(), List.of(), List.of()));
    host.guests.handle(HostNode.room(profile.slots()), nowAt(id.node()));
    return host;
  }

  /** Nothing is sent by the clock but what a host's tick leads to: reports are the adversary's. */
  GuestsSettings settings() {
    return new GuestsSettings(
        HOST_STEP,
        HOST_STEP,
        3 * HOST_STEP,
        Long.MAX_VALUE / 4,
        0,
        profile.leaseSteps() > 1 ? HOST_STEP : 0,
        64,
        100,
        Long.MAX_VALUE,
        profile.slots() < profile.processes() ? 1 : 0,
        HOST_STEP);
  }

  private JobSpec spec(int process) {
    boolean live = process == 1;
    return new JobSpec(
        Kind.COMMAND,
        "",
        "u",
        List.of("p" + process),
        "/",
        Resources.of(1, 0),
        50,
        null,
        null,
        null,
        null,
        null,
        null,
        0,
        live ? 1_000 : 0,
        live ? 0 : profile.leaseSteps() * HOST_STEP,
        0,
        live ? MoveMode.LIVE : MoveMode.RESTART,
        NodeLoss.RESTART,
        false,
        List.of(),
        List.of(),
        List.of(),
        0,
        null,
        null);
  }

  World copy() {
    World copy = new World(profile);
    copy.home = home;
    copy.a = a;
    copy.b = b;
    copy.net = net;
    copy.time = time;
    copy.placingsLeft = placingsLeft;
    copy.movesLeft = movesLeft;
    copy.homeCrashesLeft = homeCrashesLeft;
    copy.hostCrashesLeft = hostCrashesLeft;
    copy.handOversLeft = handOversLeft;
    copy.repeatsLeft = repeatsLeft;
    copy.cancelsLeft = cancelsLeft;
    copy.endsLeft = endsLeft;
    copy.failsLeft = failsLeft;
    copy.rotsLeft = rotsLeft;
    copy.freezesLeft = freezesLeft;
    return copy;
  }

  /** The home, to be changed in this copy. */
  HomeNode changeHome() {
    home = home.copy();
    return home;
  }

  /** The host, to be changed in this copy. */
  HostNode changeHost(NodeName name) {
    if (a.name.equals(name)) {
      a = a.copy();
      return a;
    }
    b = b.copy();
    return b;
  }

  List<HostNode> hosts() {
    return List.of(a, b);
  }

  HostNode host(NodeName name) {
    return a.name.equals(name) ? a : b;
  }

  HostNode other(HostNode host) {
    return host.name.equals(a.name) ? b : a;
  }

  ProcessId process(long job) {
    return new ProcessId(home.name, job, ProcessId.SINGLE);
  }

  HostId opener() {
    return profile.homeIsHost() ? a.id() : new HostId(NodeName.of("h"), 1);
  }

  Now nowAt(NodeName node) {
    boolean atHome = home == null || node.equals(home.name);
    // A home that shares its node with a host shares its clock.
    long step = atHome && !profile.homeIsHost() ? HOME_STEP : HOST_STEP;
    if (profile.homeIsHost() && node.value().equals("a")) {
      step = HOME_STEP;
    }
    long boot = BEGIN + time * step;
    return new Now(boot, boot);
  }

  /** Whether this node has the image now. */
  boolean has(NodeName node, String blob) {
    if (node.equals(home.name) && home.images.contains(blob)) {
      return true;
    }
    return (a.name.equals(node) && a.images.contains(blob))
        || (b.name.equals(node) && b.images.contains(blob));
  }

  /** Puts a message under way; where there are too many of its kind the oldest is lost. */
  void send(NodeName from, NodeName to, WireMessage message) {
    List<InFlight> changed = new ArrayList<>(net);
    InFlight added = new InFlight(from, to, message);
    changed.remove(added);
    changed.add(added);
    int same = 0;
    InFlight oldest = null;
    for (InFlight each : changed) {
      if (each.from().equals(from)
          && each.to().equals(to)
          && each.message().getClass() == message.getClass()) {
        same++;
        oldest = oldest == null ? each : oldest;
      }
    }
    if (same > profile.inFlight()) {
      changed.remove(oldest);
    }
    net = changed;
  }

  /** Drops what would change nothing any more whenever it arrived. */
  void dropDead() {
    boolean any = false;
    for (InFlight each : net) {
      any |= isDead(each);
    }
    if (any) {
      net = net.stream().filter(each -> !isDead(each)).toList();
    }
  }

  private boolean isDead(InFlight each) {
    if (each.message() instanceof Orders orders) {
      HostNode host = host(each.to());
      if (!orders.to().equals(host.id())) {
        return true;
      }
      List<BooksId> known = host.guests.obeyed();
      BooksId obeyed = known.isEmpty() ? null : known.get(0);
      return obeyed != null
          && (orders.books().opening() < obeyed.opening()
              || orders.books().opening() == obeyed.opening()
                  && orders.seq() <= host.guests.ordersSeq(home.name));
    }
    if (each.message() instanceof Report report && homeCrashesLeft == 0) {
      HostLink link = home.machine.links().host(each.from());
      return link != null
          && (report.host().session() < link.host().session()
              || report.host().equals(link.host()) && report.seq() <= link.reportSeq());
    }
    if (each.message() instanceof OfferAnswer answer) {
      return !isAttempt(each.to(), answer.id(), answer.incarnation(), answer.move());
    }
    if (each.message() instanceof ImageTaken taken) {
      return !isAttempt(each.to(), taken.id(), taken.incarnation(), taken.move());
    }
    return false;
  }

  private boolean isAttempt(NodeName source, ProcessId id, int incarnation, int move) {
    for (Guest guest : host(source).guests.all()) {
      if (guest.incarnation() == incarnation
          && guest.id().equals(id)
          && guest.move() != null
          && guest.move().number() == move
          && guest.phase() != Guest.Phase.ASKING) {
        return true;
      }
    }
    return false;
  }

  void consume(InFlight message) {
    List<InFlight> changed = new ArrayList<>(net);
    changed.remove(message);
    net = changed;
  }
}
