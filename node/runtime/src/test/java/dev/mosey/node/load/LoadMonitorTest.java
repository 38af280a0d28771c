package dev.mosey.node.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.cluster.Post;
import dev.mosey.node.cluster.WireCodec;
import dev.mosey.node.load.LoadMonitor.Command;
import dev.mosey.node.load.LoadMonitor.TunesAnswer;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import dev.mosey.protocol.load.TuneSet;
import dev.mosey.protocol.wire.Envelope;
import dev.mosey.protocol.wire.Gossip;
import dev.mosey.protocol.wire.WireMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadMonitorTest {
  private static final NodeName ALPHA = NodeName.of("alpha");
  private static final NodeName BETA = NodeName.of("beta");
  private static final NodeName GAMMA = NodeName.of("gamma");
  private static final HostId SELF = new HostId(ALPHA, 1);

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final ManualTime time = ManualTime.get(kit.system());
  private final AtomicLong clock = new AtomicLong(1_000_000);
  private final AtomicInteger calibrations = new AtomicInteger();
  private final TestProbe<Sent> sent = kit.createTestProbe(Sent.class);
  private final TestProbe<LoadSnapshot> loads = kit.createTestProbe(LoadSnapshot.class);
  private final TestProbe<TuneSet> tunes = kit.createTestProbe(TuneSet.class);
  @TempDir private Path directory;

  private record Sent(NodeName to, WireMessage message) {}

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private KeptFigures kept() {
    return new KeptFigures(directory, directory, "ada");
  }

  private ActorRef<Command> start() {
    return start(OptionalDouble.of(1));
  }

  private ActorRef<Command> start(OptionalDouble speed) {
    Post post =
        new Post() {
          @Override
          public HostId self() {
            return SELF;
          }

          @Override
          public void send(NodeName to, WireMessage message) {
            sent.ref().tell(new Sent(to, message));
          }
        };
    Machine machine =
        new Machine() {
          @Override
          public Sample sample() {
            return new Sample(0, 4, 0, 8_000, 4_000, 0, 0, 0, 0, 0, "m", List.of("io: missing"));
          }

          @Override
          public void close() {}
        };
    LoadSettings settings =
        new LoadSettings(
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            6,
            8,
            128,
            100,
            3,
            0,
            Duration.ofSeconds(5));
    return kit.spawn(
        LoadMonitor.create(
            new LoadMonitor.Parts(
                settings,
                post,
                machine,
                kept(),
                speed,
                () -> 1 + calibrations.incrementAndGet(),
                clock::get,
                InstantSource.fixed(Instant.ofEpochMilli(5_000_000)),
                new SplittableRandom(1),
                loads.ref()::tell,
                tunes.ref()::tell)));
  }

  private void pass(long millis) {
    for (long passed = 0; passed < millis; passed += 100) {
      clock.addAndGet(100);
      time.timePasses(Duration.ofMillis(100));
    }
  }

  private static LoadReport report(NodeName node, long seq, long age, double load) {
    return new LoadReport(
        new HostId(node, 1),
        seq,
        age,
        load,
        1,
        4,
        8,
        3,
        Resources.NONE,
        8_000,
        4_000,
        0,
        0,
        0,
        "open",
        0,
        0,
        0,
        null,
        0);
  }

  private static LoadMonitor.Received gossip(TuneSet tunes, LoadReport... window) {
    return new LoadMonitor.Received(
        new Envelope(new HostId(BETA, 1), ALPHA, new Gossip(List.of(window), tunes)));
  }

  private <T> T read(ActorRef<Command> monitor, Function<LoadView, T> question) {
    TestProbe<T> probe = kit.createTestProbe();
    monitor.tell(new LoadMonitor.Read<>(question, probe.ref()));
    return probe.receiveMessage();
  }

  private ActorRef<Command> startWithMembers(NodeName... members) {
    ActorRef<Command> monitor = start();
    monitor.tell(new LoadMonitor.MembersChanged(Set.of(members), Set.of()));
    return monitor;
  }

  @Test
  void tellsOneOtherNodeEachStepItsOwnReportFirst() {
    startWithMembers(ALPHA, BETA, GAMMA);
    Set<NodeName> told = new TreeSet<>();
    sent.receiveMessage(); // for the change of members
    pass(3_000);
    for (int step = 0; step < 6; step++) {
      Sent message = sent.receiveMessage();
      told.add(message.to());
      Gossip gossip = (Gossip) message.message();
      assertThat(gossip.window().getFirst().host()).isEqualTo(SELF);
    }
    sent.expectNoMessage();
    assertThat(told).containsExactly(BETA, GAMMA);
  }

  @Test
  void passesOnWhatItHearsOlderByTheTimeItWasKept() {
    ActorRef<Command> monitor = startWithMembers(ALPHA, BETA, GAMMA);
    sent.receiveMessage();
    monitor.tell(gossip(TuneSet.DEFAULTS, report(GAMMA, 7, 40, 2.5)));
    assertThat((int) read(monitor, view -> view.reports().size())).isEqualTo(2);
    pass(500);
    Gossip gossip = (Gossip) sent.receiveMessage().message();
    assertThat(gossip.window().get(1)).isEqualTo(report(GAMMA, 7, 540, 2.5));
  }

  @Test
  void tellsTheSchedulerWhoAnswersOnly() {
    ActorRef<Command> monitor = startWithMembers(ALPHA, BETA, GAMMA);
    monitor.tell(
        gossip(
            TuneSet.DEFAULTS,
            report(BETA, 1, 0, 1),
            report(GAMMA, 1, 0, 1),
            report(NodeName.of("stranger"), 1, 0, 1),
            report(ALPHA, 99, 0, 9)));
    monitor.tell(new LoadMonitor.MembersChanged(Set.of(ALPHA, BETA, GAMMA), Set.of(GAMMA)));
    LoadSnapshot last = loads.receiveMessage();
    while (last.others().isEmpty()) {
      last = loads.receiveMessage();
    }
    assertThat(last.others())
        .extracting(known -> known.report().host().node())
        .containsExactly(BETA);
    assertThat(last.own().host()).isEqualTo(SELF);
    assertThat(last.own().load()).as("not what others say of this node").isZero();
    monitor.tell(new LoadMonitor.MembersChanged(Set.of(ALPHA), Set.of()));
    assertThat((int) read(monitor, view -> view.reports().size())).as("forgotten").isEqualTo(1);
  }

  @Test
  void ownBodiesShowAtOnce() {
    ActorRef<Command> monitor = startWithMembers(ALPHA, BETA);
    monitor.tell(new LoadMonitor.GuestsChanged(Guests.running(8, 4, 0)));
    assertThat(read(monitor, LoadView::own).load()).isEqualTo(2.0);
    assertThat((double) read(monitor, LoadView::ownLoad)).isZero();
  }

  @Test
  void aNodeOfTheSameMachineHalvesTheCores() {
    ActorRef<Command> monitor = startWithMembers(ALPHA, BETA);
    assertThat(read(monitor, LoadView::own).cores()).isEqualTo(4);
    LoadReport there = report(BETA, 1, 0, 1);
    LoadReport here =
        new LoadReport(
            there.host(),
            1,
            0,
            1,
            1,
            4,
            8,
            3,
            Resources.NONE,
            8_000,
            4_000,
            0,
            0,
            0,
            "open",
            0,
            0,
            0,
            "m",
            0);
    monitor.tell(gossip(TuneSet.DEFAULTS, here));
    pass(1_000);
    assertThat(read(monitor, LoadView::own).cores()).isEqualTo(2);
  }

  @Test
  void changedTunesAreKeptToldAndSpread() {
    ActorRef<Command> monitor = startWithMembers(ALPHA, BETA);
    sent.receiveMessage();
    tunes.receiveMessage();
    TestProbe<TunesAnswer> answer = kit.createTestProbe();
    monitor.tell(new LoadMonitor.SetTunes(Map.of("differential", "0.5"), "ann", answer.ref()));
    TuneSet set = new TuneSet(1, ALPHA, "ann", Map.of("differential", "0.5"));
    answer.expectMessage(new TunesAnswer(set, Map.of()));
    tunes.expectMessage(set);
    assertThat(((Gossip) sent.receiveMessage().message()).tunes()).isEqualTo(set);
    assertThat(kept().tunes()).isEqualTo(set);
    kit.stop(monitor);
    start();
    tunes.expectMessage(set);
  }

  @Test
  void refusedTunesChangeNothing() {
    ActorRef<Command> monitor = start();
    TestProbe<TunesAnswer> answer = kit.createTestProbe();
    monitor.tell(
        new LoadMonitor.SetTunes(
            Map.of("differential", "0.5", "residency", "soon"), "ann", answer.ref()));
    TunesAnswer told = answer.receiveMessage();
    assertThat(told.refused()).containsOnlyKeys("residency");
    assertThat(told.tunes()).isEqualTo(TuneSet.DEFAULTS);
  }

  @Test
  void takesOverTunesOfAHigherVersionOnly() {
    ActorRef<Command> monitor = startWithMembers(ALPHA, BETA);
    tunes.receiveMessage();
    TuneSet newer = new TuneSet(4, BETA, Map.of("residency", "9"));
    monitor.tell(gossip(newer));
    tunes.expectMessage(newer);
    monitor.tell(gossip(new TuneSet(3, GAMMA, Map.of("residency", "1"))));
    tunes.expectNoMessage();
    assertThat(read(monitor, LoadView::tuneSet)).isEqualTo(newer);
  }

  @Test
  void measuresTheSpeedOnceAndKeepsIt() {
    ActorRef<Command> monitor = start(OptionalDouble.empty());
    assertThat(read(monitor, LoadView::own).speed()).isEqualTo(1);
    pass(9_000);
    LoadSnapshot last = loads.receiveMessage();
    while (last.own().speed() == 1) {
      last = loads.receiveMessage();
    }
    assertThat(last.own().speed()).isEqualTo(2);
    kit.stop(monitor);
    ActorRef<Command> again = start(OptionalDouble.empty());
    pass(9_000);
    assertThat(read(again, LoadView::own).speed()).isEqualTo(2);
    assertThat(calibrations).hasValue(1);
  }

  @Test
  void nodesOfOneMachineAgreeInItsSpeed() {
    assertThat(kept().keep(1.25)).isEqualTo(1.25);
    Path other = directory.resolve("other");
    assertThat(other.toFile().mkdir()).isTrue();
    KeptFigures second = new KeptFigures(other, directory, "ada");
    assertThat(second.speed()).hasValue(1.25);
    assertThat(second.keep(0.9)).as("the first has measured it").isEqualTo(1.25);
    assertThat(new KeptFigures(other.resolve("new"), directory, "bob").speed()).isEmpty();
  }

  @Test
  void saysWhatItCouldNotRead() {
    assertThat(read(start(), LoadView::unread)).containsExactly("io: missing");
  }

  @Test
  void theLargestWindowFitsIntoAMessage() {
    List<LoadReport> window = new ArrayList<>();
    for (int i = 0; i < 128; i++) {
      window.add(
          new LoadReport(
              new HostId(NodeName.of("a-rather-long-name-of-a-node-" + i), 1L << 40),
              Long.MAX_VALUE,
              123_456,
              1.234567890123,
              1.23,
              128,
              128,
              128,
              Resources.of(Map.of("cores", 12.345, "memory_mb", 123_456.0, "gpu", 8.0)),
              1 << 20,
              1 << 20,
              12.34,
              12.34,
              12.34,
              "draining",
              1 << 20,
              50,
              1 << 30,
              "0123456789ab",
              1.234567890123));
    }
    Envelope envelope = new Envelope(SELF, BETA, new Gossip(window, TuneSet.DEFAULTS));
    assertThat(WireCodec.encode(envelope)).hasSizeLessThan(64 * 1_024);
  }
}
