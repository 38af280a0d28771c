package dev.mosey.node.cluster;

import dev.mosey.node.cluster.MemberFile.Remembered;
import dev.mosey.node.config.BootClock;
import dev.mosey.node.config.ClusterSettings;
import dev.mosey.node.config.NetworkSettings.Seed;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.wire.Envelope;
import dev.mosey.protocol.wire.Hello;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent.ClusterDomainEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.ClusterEvent.ReachabilityEvent;
import org.apache.pekko.cluster.ClusterEvent.ReachableMember;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.Subscribe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the cluster, joins it, and knows who belongs to it.
 *
 * <pre>
 *   knocking --(somebody is in a cluster, or this node may found one)--> joining
 *   joining  --(member)--> inside
 *   joining  --(patience is over)--> knocking
 * </pre>
 *
 * <p>A node knocks at its seeds and at every member that it remembers; whoever is there answers
 * with its own hello. Whether to join, to found or to go on is {@link Joining}'s decision. Inside,
 * it answers knocks, asks every member for its hello, and tells its listener whenever something
 * changed. What it says proves nothing about what runs where: the lease does.
 */
public final class Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  /** An answer counts for so many knocks from the question on; see {@link Support}. */
  private static final int ANSWER_LIFE_KNOCKS = 8;

  private static final int SUPPORT_KNOCKS = 14;
  private static final int KNOCKS_KEPT = 64;
  private static final int SAY_SO_KNOCKS = 20;
  private static final Duration TICK_INSIDE = Duration.ofSeconds(1);

  private final Wiring wiring;
  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final Cluster cluster;
  private final String ownAddress;
  private final Roster roster;
  private final Map<NodeName, Answer> answers = new HashMap<>();
  private final Support support;
  private final Namesakes namesakes;
  private final Map<Long, Long> knockedAtMillis = new HashMap<>();
  private boolean member;
  private boolean joins;
  private boolean givesWay;
  private long knocks;
  private MembershipView published;

  /** What a membership understands. */
  public sealed interface Command {}

  /** A member that has left for good need not be asked for, or waited for, any more. */
  public record Forget(NodeName name) implements Command {}

  private record Knocked(String address, Envelope envelope) implements Command {}

  private record Changed(ClusterDomainEvent event) implements Command {}

  private record Stranger(String address) implements Command {}

  private record Tick() implements Command {}

  private record PatienceOver() implements Command {}

  /** A hello, and since when at the latest what it says is true. */
  private record Answer(Roster.Said said, long sinceMillis, boolean support) {}

  /**
   * What a membership is wired to.
   *
   * @param settings of the cluster
   * @param seeds to knock at
   * @param self this node in its present session
   * @param books identity of its books
   * @param capabilities what it can do, by name
   * @param httpUrl of its HTTP interface
   * @param streamAddress HOST:PORT of its stream server
   * @param office the post
   * @param key tells of nodes with another key
   * @param file the members remembered
   * @param changed told of every change, from the actor
   * @param refused told, in one line, when this node is not let in
   * @param rival told, in one line, when this node must give its cluster up for another one
   */
  public record Wiring(
      ClusterSettings settings,
      List<Seed> seeds,
      HostId self,
      BooksId books,
      Set<String> capabilities,
      String httpUrl,
      String streamAddress,
      PostOffice office,
      ClusterKey key,
      MemberFile file,
      Consumer<MembershipView> changed,
      Consumer<String> refused,
      Consumer<String> rival) {}

  private Membership(Wiring wiring, ActorContext<Command> context, TimerScheduler<Command> timers) {
    this.wiring = wiring;
    this.context = context;
    this.timers = timers;
    this.cluster = Cluster.get(context.getSystem());
    this.ownAddress = hostPort(cluster.selfMember().address());
    this.roster = new Roster(wiring.self().node(), wiring.file().read());
    this.support = new Support(knockMillis() * SUPPORT_KNOCKS);
    this.namesakes = new Namesakes(knockMillis() * ANSWER_LIFE_KNOCKS);
  }

  /** A membership that begins to look for its cluster at once. */
  public static Behavior<Command> create(Wiring wiring) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new Membership(wiring, context, timers).start()));
  }

  private Behavior<Command> start() {
    ActorRef<Command> self = context.getSelf();
    ActorRef<ClusterDomainEvent> events =
        context.messageAdapter(ClusterDomainEvent.class, Changed::new);
    cluster.subscriptions().tell(Subscribe.create(events, ClusterDomainEvent.class));
    wiring.office().onHello((address, envelope) -> self.tell(new Knocked(address, envelope)));
    wiring.key().onStranger(address -> self.tell(new Stranger(address)));
    publish();
    return knock();
  }

  private Behavior<Command> knock() {
    joins = false;
    answers.clear();
    tickEvery(wiring.settings().knockInterval());
    return knocking();
  }

  private Behavior<Command> knocking() {
    return Behaviors.receiveMessage(
        command ->
            switch (command) {
              case Tick tick -> knockOnce();
              case Knocked knocked -> {
                hear(knocked);
                yield decide();
              }
              case Changed changed -> note(changed);
              case Stranger stranger -> refuseStranger(stranger);
              case Forget forget -> forget(forget);
              case PatienceOver late -> Behaviors.same();
            });
  }

  private Behavior<Command> knockOnce() {
    nextKnock();
    if (knocks % SAY_SO_KNOCKS == 0) {
      LOG.info(
          "event=looking-for-cluster asked={} answered={} remembered={}",
          targets(),
          answers.keySet(),
          roster.remembered().keySet());
    }
    Hello hello = hello(knocks, null, null, false);
    targets().forEach(address -> wiring.office().sendTo(address, null, hello));
    return decide();
  }

  private long nextKnock() {
    knocks++;
    knockedAtMillis.put(knocks, nowMillis());
    knockedAtMillis.remove(knocks - KNOCKS_KEPT);
    return knocks;
  }

  private Behavior<Command> decide() {
    forgetOldAnswers();
    NodeName self = wiring.self().node();
    Map<NodeName, Joining.Heard> heard = new HashMap<>();
    answers.forEach(
        (name, answer) ->
            heard.put(
                name,
                new Joining.Heard(
                    answer.said().hello().inCluster(),
                    answer.support() && self.equals(answer.said().hello().supports()),
                    isSeed(answer.said().address()))));
    Set<String> others = new HashSet<>();
    wiring.seeds().forEach(seed -> others.add(seed.toString()));
    boolean amongSeeds = others.remove(ownAddress);
    Joining.Standing standing =
        new Joining.Standing(
            self,
            roster.remembered().keySet(),
            others.size(),
            amongSeeds,
            support.free(nowMillis()));
    return switch (Joining.decide(standing, heard)) {
      case Joining.Step.Join join -> join(answers.get(join.through()).said().address());
      case Joining.Step.Found found -> join(ownAddress);
      case Joining.Step.Wait wait -> Behaviors.same();
    };
  }

  private void forgetOldAnswers() {
    long oldest = nowMillis() - knockMillis() * ANSWER_LIFE_KNOCKS;
    answers.values().removeIf(answer -> answer.sinceMillis() < oldest);
  }

  /** Whom this node supports as founder now, or null. */
  private NodeName supported() {
    forgetOldAnswers();
    Set<NodeName> candidates = new HashSet<>(answers.keySet());
    candidates.remove(wiring.self().node());
    return support.give(wiring.self().node(), candidates, nowMillis());
  }

  private Behavior<Command> join(String address) {
    joins = true;
    LOG.info("event=joining through={}", address.equals(ownAddress) ? "nobody" : address);
    cluster.manager().tell(Join.create(pekkoAddress(address)));
    timers.startSingleTimer(
        PatienceOver.class, new PatienceOver(), wiring.settings().joinPatience());
    return joining();
  }

  private Behavior<Command> joining() {
    return Behaviors.receiveMessage(
        command ->
            switch (command) {
              case Changed changed -> note(changed);
              case PatienceOver late -> knock();
              case Knocked knocked -> {
                hear(knocked);
                yield Behaviors.same();
              }
              case Forget forget -> forget(forget);
              case Tick tick -> Behaviors.same();
              case Stranger stranger -> Behaviors.same();
            });
  }

  private Behavior<Command> inside() {
    return Behaviors.receiveMessage(
        command ->
            switch (command) {
              case Tick tick -> askTheSilent();
              case Knocked knocked -> {
                hear(knocked);
                publish();
                yield Behaviors.same();
              }
              case Changed changed -> note(changed);
              case Forget forget -> forget(forget);
              case PatienceOver late -> Behaviors.same();
              case Stranger stranger -> {
                LOG.warn("event=other-key address={}", stranger.address());
                yield Behaviors.same();
              }
            });
  }

  /** Asks members for their hello, and looks for remembered nodes that formed another cluster. */
  private Behavior<Command> askTheSilent() {
    Hello hello = hello(0, null, null, false);
    roster.silent().forEach((name, address) -> wiring.office().sendTo(address, name, hello));
    Set<NodeName> members = roster.memberNames();
    for (Remembered away : roster.remembered().values()) {
      if (!members.contains(away.name())) {
        wiring.office().sendTo(away.address(), away.name(), hello);
      }
    }
    publish();
    return Behaviors.same();
  }

  private void hear(Knocked knocked) {
    Envelope envelope = knocked.envelope();
    HostId from = envelope.from();
    Hello hello = (Hello) envelope.message();
    if (from.equals(wiring.self()) && knocked.address().equals(ownAddress)) {
      return;
    }
    String refusal =
        Admission.refusal(wiring.self(), hello(0, null, null, true), roster.stores(), from, hello);
    String home = roster.addresses().get(from.node());
    if (refusal == null && home != null && home.equals(knocked.address())) {
      Long asked = hello.answer() ? knockedAtMillis.get(hello.knock()) : null;
      namesakes.answered(from.node(), asked == null ? Long.MIN_VALUE : asked);
    } else if (refusal == null && home != null) {
      switch (namesakes.judge(from.node(), knocked.address(), nowMillis())) {
        case ASK -> {
          wiring.office().sendTo(home, from.node(), hello(nextKnock(), null, null, false));
          return;
        }
        case RIVAL -> refusal = Admission.copyOf(from.node(), home);
        case SUCCESSOR -> LOG.info("event=moved node={} from={}", from.node(), home);
      }
    }
    if (hello.refusal() != null && !member) {
      wiring.refused().accept(from.node() + " refuses it: " + hello.refusal());
    }
    if (refusal == null && hello.refusal() == null) {
      take(new Roster.Said(from, knocked.address(), hello));
    }
    if (!hello.answer()) {
      NodeName supports = member || joins ? null : supported();
      wiring
          .office()
          .sendTo(knocked.address(), from.node(), hello(hello.knock(), supports, refusal, true));
    }
  }

  private void take(Roster.Said said) {
    if (!roster.said(said)) {
      return;
    }
    NodeName name = said.from().node();
    Hello hello = said.hello();
    long now = nowMillis();
    Long asked = hello.answer() ? knockedAtMillis.get(hello.knock()) : null;
    Answer before = answers.get(name);
    if (asked != null) {
      answers.put(name, new Answer(said, asked, true));
    } else if (before == null || hello.inCluster() || !before.support()) {
      answers.put(name, new Answer(said, now, false));
    }
    for (Member past : roster.elsewhere(name, said.address())) {
      cluster.manager().tell(new Down(past.address()));
    }
    giveWayTo(name, hello);
  }

  /**
   * Two clusters with one key should never be; if they are, after a partition and hasty downing,
   * the smaller one gives way, and of equal ones that whose lowest name is higher. Both sides see
   * it alike.
   */
  private void giveWayTo(NodeName other, Hello hello) {
    Set<NodeName> mine = roster.memberNames();
    Set<NodeName> theirs = hello.members();
    boolean apart = member && hello.inCluster() && !mine.isEmpty() && !mine.contains(other);
    if (!apart || theirs.isEmpty() || givesWay) {
      return;
    }
    if (theirs.contains(wiring.self().node())) {
      // It still counts this node's past life in; its failure detector will find out.
      return;
    }
    boolean smaller = mine.size() < theirs.size();
    boolean higher = new TreeSet<>(mine).first().compareTo(new TreeSet<>(theirs).first()) > 0;
    if (smaller || mine.size() == theirs.size() && higher) {
      givesWay = true;
      wiring.rival().accept("the cluster of " + other + " has " + theirs.size() + " members");
    }
  }

  private Behavior<Command> note(Changed changed) {
    switch (changed.event()) {
      case MemberEvent event -> roster.member(event.member());
      case ReachabilityEvent event ->
          roster.reachable(event.member(), event instanceof ReachableMember);
      case Object other -> {
        return Behaviors.same();
      }
    }
    // Not the cluster's own word for it, which comes later than its events.
    boolean isIn = roster.has(cluster.selfMember().uniqueAddress());
    if (isIn) {
      roster.rememberMembers();
      wiring.file().write(roster.remembered().values());
    }
    if (isIn && !member) {
      member = true;
      timers.cancel(PatienceOver.class);
      tickEvery(TICK_INSIDE);
      publish();
      return inside();
    }
    publish();
    return Behaviors.same();
  }

  private Behavior<Command> refuseStranger(Stranger stranger) {
    LOG.warn("event=other-key address={}", stranger.address());
    if (isSeed(stranger.address()) && answers.isEmpty()) {
      wiring.refused().accept(stranger.address() + " belongs to a cluster with another key");
    }
    return Behaviors.same();
  }

  private Behavior<Command> forget(Forget forget) {
    roster.forget(forget.name());
    wiring.file().write(roster.remembered().values());
    publish();
    return Behaviors.same();
  }

  private void publish() {
    MembershipView view = roster.view(member, System.currentTimeMillis());
    if (!view.equals(published)) {
      published = view;
      wiring.office().addresses(roster.addresses());
      wiring.changed().accept(view);
    }
  }

  private Hello hello(long knock, NodeName supports, String refusal, boolean answer) {
    return new Hello(
        wiring.books(),
        Admission.PROTOCOL,
        wiring.capabilities(),
        wiring.settings().digest(),
        member,
        member ? roster.memberNames() : roster.remembered().keySet(),
        wiring.httpUrl(),
        wiring.streamAddress(),
        knock,
        supports,
        refusal,
        answer);
  }

  /** Where to knock. */
  private Set<String> targets() {
    Set<String> targets = new HashSet<>();
    wiring.seeds().forEach(seed -> targets.add(seed.toString()));
    roster.remembered().values().forEach(each -> targets.add(each.address()));
    targets.remove(ownAddress);
    return targets;
  }

  private boolean isSeed(String address) {
    return wiring.seeds().stream().anyMatch(each -> each.toString().equals(address));
  }

  private long knockMillis() {
    return wiring.settings().knockInterval().toMillis();
  }

  private static long nowMillis() {
    return BootClock.system().millis();
  }

  private void tickEvery(Duration interval) {
    timers.startTimerWithFixedDelay(Tick.class, new Tick(), Duration.ZERO, interval);
  }

  private Address pekkoAddress(String address) {
    return AddressFromURIString.parse("pekko://" + context.getSystem().name() + "@" + address);
  }

  private static String hostPort(Address address) {
    return address.getHost().get() + ":" + address.getPort().get();
  }
}
