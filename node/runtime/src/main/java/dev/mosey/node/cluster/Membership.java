package dev.mosey.node.cluster;

import dev.mosey.node.cluster.MemberFile.Remembered;
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
  private static final int ANSWER_LIFE_KNOCKS = 6;
  private static final int SAY_SO_KNOCKS = 20;
  private static final Duration TICK_INSIDE = Duration.ofSeconds(1);

  private final Wiring wiring;
  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final Cluster cluster;
  private final String ownAddress;
  private final Roster roster;
  private final Map<NodeName, Answer> answers = new HashMap<>();
  private boolean member;
  private int knocks;
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

  private record Answer(Roster.Said said, long atNanos) {}

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
    knocks++;
    if (knocks % SAY_SO_KNOCKS == 0) {
      LOG.info(
          "event=looking-for-cluster asked={} answered={} remembered={}",
          targets(),
          answers.keySet(),
          roster.remembered().keySet());
    }
    Hello hello = hello(null, false);
    targets().forEach(address -> wiring.office().sendTo(address, null, hello));
    return decide();
  }

  private Behavior<Command> decide() {
    long oldest =
        System.nanoTime() - wiring.settings().knockInterval().toNanos() * ANSWER_LIFE_KNOCKS;
    answers.values().removeIf(answer -> answer.atNanos() - oldest < 0);
    Map<NodeName, Hello> heard = new HashMap<>();
    answers.forEach((name, answer) -> heard.put(name, answer.said().hello()));
    NodeName self = wiring.self().node();
    Joining.Step step = Joining.decide(self, roster.remembered().keySet(), targets().size(), heard);
    return switch (step) {
      case Joining.Step.Join join -> join(answers.get(join.through()).said().address());
      case Joining.Step.Found found -> join(ownAddress);
      case Joining.Step.Wait wait -> Behaviors.same();
    };
  }

  private Behavior<Command> join(String address) {
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
    Hello hello = hello(null, false);
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
        Admission.refusal(wiring.self(), hello(null, true), roster.stores(), from, hello);
    if (!hello.answer()) {
      wiring.office().sendTo(knocked.address(), from.node(), hello(refusal, true));
    }
    if (hello.refusal() != null && !member) {
      wiring.refused().accept(from.node() + " refuses it: " + hello.refusal());
    }
    if (refusal != null || hello.refusal() != null) {
      return;
    }
    Roster.Said said = new Roster.Said(from, knocked.address(), hello);
    if (!roster.said(said)) {
      return;
    }
    answers.put(from.node(), new Answer(said, System.nanoTime()));
    for (Member past : roster.elsewhere(from.node(), knocked.address())) {
      cluster.manager().tell(new Down(past.address()));
    }
    giveWayTo(from.node(), hello);
  }

  /**
   * Two clusters with one key should never be; if they are, after a partition and hasty downing,
   * the smaller one gives way, and of equal ones that whose lowest name is higher. Both sides see
   * it alike.
   */
  private void giveWayTo(NodeName other, Hello hello) {
    Set<NodeName> mine = roster.memberNames();
    Set<NodeName> theirs = hello.members();
    if (!member || !hello.inCluster() || mine.contains(other) || theirs.isEmpty()) {
      return;
    }
    if (theirs.contains(wiring.self().node())) {
      // It still counts this node's past life in; its failure detector will find out.
      return;
    }
    boolean smaller = mine.size() < theirs.size();
    boolean higher = new TreeSet<>(mine).first().compareTo(new TreeSet<>(theirs).first()) > 0;
    if (smaller || mine.size() == theirs.size() && higher) {
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
    boolean seed =
        wiring.seeds().stream().anyMatch(each -> each.toString().equals(stranger.address()));
    if (seed && answers.isEmpty()) {
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

  private Hello hello(String refusal, boolean answer) {
    return new Hello(
        wiring.books(),
        Admission.PROTOCOL,
        wiring.capabilities(),
        wiring.settings().digest(),
        member,
        member ? roster.memberNames() : roster.remembered().keySet(),
        wiring.httpUrl(),
        wiring.streamAddress(),
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
