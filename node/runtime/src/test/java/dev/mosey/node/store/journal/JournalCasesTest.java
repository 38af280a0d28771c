package dev.mosey.node.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.mosey.node.store.Fixtures;
import dev.mosey.node.store.NodeStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.apache.pekko.persistence.JournalProtocol.DeleteMessagesTo;
import org.apache.pekko.persistence.JournalProtocol.RecoverySuccess;
import org.apache.pekko.persistence.JournalProtocol.ReplayMessages;
import org.apache.pekko.persistence.JournalProtocol.ReplayedMessage;
import org.apache.pekko.persistence.JournalProtocol.WriteMessageRejected;
import org.apache.pekko.persistence.JournalProtocol.WriteMessageSuccess;
import org.apache.pekko.persistence.JournalProtocol.WriteMessages;
import org.apache.pekko.persistence.JournalProtocol.WriteMessagesSuccessful$;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.PersistentEnvelope;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The cases that Pekko asks of a journal (its own kit needs ScalaTest, which this build does not
 * have).
 */
class JournalCasesTest {
  private static final String WRITER = "writer";
  private static final long MAX = Long.MAX_VALUE;

  /**
   * One for all tests, since an actor system takes its time to start: each has an id of its own.
   */
  @TempDir static Path directory;

  private static NodeStore store;
  private static ActorSystem system;
  private static int tests;

  private final String id = "home-" + ++tests;
  private TestKit probe;
  private ActorRef journal;

  static ActorSystem system(NodeStore store) {
    var config =
        ConfigFactory.parseString(
                """
                pekko.persistence.journal.plugin = mosey.journal
                pekko.persistence.snapshot-store.plugin = mosey.snapshots
                pekko.actor.allow-java-serialization = off
                pekko.loglevel = ERROR
                """)
            .withFallback(ConfigFactory.load());
    return ActorSystem.create(
        "cases",
        ActorSystemSetup.create(BootstrapSetup.create(config), new StoreSetup(store.books())));
  }

  @BeforeAll
  static void open() {
    store = Fixtures.open(directory.resolve("data"));
    system = system(store);
  }

  @AfterAll
  static void close() {
    TestKit.shutdownActorSystem(system);
    store.close();
  }

  @BeforeEach
  void writeFive() {
    connect();
    assertThat(write(1, 3)).isEqualTo(3);
    // The last two go as one atomic write.
    tell(List.of(atomic(event(4), event(5))));
    probe.expectMsgEquals(WriteMessagesSuccessful$.MODULE$);
    probe.expectMsgClass(WriteMessageSuccess.class);
    probe.expectMsgClass(WriteMessageSuccess.class);
  }

  private void connect() {
    probe = new TestKit(system);
    journal = Persistence.get(system).journalFor(null, ConfigFactory.empty());
  }

  private PersistentRepr event(long number) {
    return event(number, "a-" + number);
  }

  private PersistentRepr event(long number, Object payload) {
    return PersistentRepr.apply(payload, number, id, "", false, ActorRef.noSender(), WRITER);
  }

  private static AtomicWrite atomic(PersistentRepr... events) {
    return AtomicWrite.apply(CollectionConverters.asScala(List.of(events)).toList());
  }

  private void tell(List<AtomicWrite> writes) {
    journal.tell(
        new WriteMessages(
            CollectionConverters.asScala(writes.stream().map(w -> (PersistentEnvelope) w).toList())
                .toList(),
            probe.getRef(),
            1),
        probe.getRef());
  }

  private int write(long from, long to) {
    tell(LongStream.rangeClosed(from, to).mapToObj(number -> atomic(event(number))).toList());
    probe.expectMsgEquals(WriteMessagesSuccessful$.MODULE$);
    int written = 0;
    for (long number = from; number <= to; number++) {
      var success = probe.expectMsgClass(WriteMessageSuccess.class);
      assertThat(success.persistent().sequenceNr()).isEqualTo(number);
      assertThat(success.persistent().payload()).isEqualTo("a-" + number);
      written++;
    }
    return written;
  }

  /** The numbers replayed, with the highest at the end. */
  private List<Long> replay(String id, long from, long to, long max) {
    journal.tell(new ReplayMessages(from, to, max, id, probe.getRef()), probe.getRef());
    var numbers = new ArrayList<Long>();
    while (true) {
      var message = probe.receiveOne(Duration.ofSeconds(10));
      if (message instanceof RecoverySuccess success) {
        numbers.add(success.highestSequenceNr());
        return numbers;
      }
      var event = ((ReplayedMessage) message).persistent();
      assertThat(event.payload()).isEqualTo("a-" + event.sequenceNr());
      assertThat(event.persistenceId()).isEqualTo(id);
      assertThat(event.writerUuid()).isEqualTo(WRITER);
      numbers.add(event.sequenceNr());
    }
  }

  private void deleteTo(long number) {
    journal.tell(new DeleteMessagesTo(id, number, probe.getRef()), probe.getRef());
    probe.expectMsgEquals(new DeleteMessagesSuccess(number));
  }

  @Test
  void replaysAll() {
    assertThat(replay(id, 1, MAX, MAX)).containsExactly(1L, 2L, 3L, 4L, 5L, 5L);
  }

  @Test
  void replaysAllAfterARestart() {
    close();
    open();
    connect();
    assertThat(replay(id, 1, MAX, MAX)).containsExactly(1L, 2L, 3L, 4L, 5L, 5L);
  }

  @Test
  void replaysFromALowerBound() {
    assertThat(replay(id, 3, MAX, MAX)).containsExactly(3L, 4L, 5L, 5L);
  }

  @Test
  void replaysToAnUpperBound() {
    assertThat(replay(id, 1, 3, MAX)).containsExactly(1L, 2L, 3L, 5L);
  }

  @Test
  void replaysACount() {
    assertThat(replay(id, 1, MAX, 3)).containsExactly(1L, 2L, 3L, 5L);
  }

  @Test
  void replaysBetweenBounds() {
    assertThat(replay(id, 2, 3, MAX)).containsExactly(2L, 3L, 5L);
  }

  @Test
  void replaysACountBetweenBounds() {
    assertThat(replay(id, 2, 5, 2)).containsExactly(2L, 3L, 5L);
  }

  @Test
  void replaysOneIfTheBoundsAreEqual() {
    assertThat(replay(id, 2, 2, MAX)).containsExactly(2L, 5L);
  }

  @Test
  void replaysOneIfTheCountIsOne() {
    assertThat(replay(id, 2, 4, 1)).containsExactly(2L, 5L);
  }

  @Test
  void replaysNoneIfTheCountIsZero() {
    assertThat(replay(id, 2, 4, 0)).containsExactly(5L);
  }

  @Test
  void replaysNoneIfTheBoundsAreCrossed() {
    assertThat(replay(id, 3, 2, MAX)).containsExactly(5L);
  }

  @Test
  void replaysNoneOfWhatWasNeverWritten() {
    assertThat(replay("other", 0, MAX, MAX)).containsExactly(0L);
    // Ids of which one is the beginning of the other.
    assertThat(replay(id.substring(0, 4), 0, MAX, MAX)).containsExactly(0L);
    assertThat(replay(id + "-2", 0, MAX, MAX)).containsExactly(0L);
  }

  @Test
  void doesNotReplayWhatWasDeleted() {
    deleteTo(3);
    assertThat(replay(id, 1, MAX, MAX)).containsExactly(4L, 5L, 5L);
    probe.expectNoMessage(Duration.ofMillis(200));
  }

  @Test
  void theHighestNumberSurvivesADeletion() {
    assertThat(replay(id, 0, MAX, MAX)).hasSize(6);
    deleteTo(3);
    assertThat(replay(id, 0, MAX, MAX)).containsExactly(4L, 5L, 5L);
  }

  @Test
  void theHighestNumberSurvivesTheDeletionOfEverything() {
    deleteTo(MAX);
    assertThat(replay(id, 0, MAX, MAX)).containsExactly(5L);
    assertThat(write(6, 7)).isEqualTo(2);
    assertThat(replay(id, 0, MAX, MAX)).containsExactly(6L, 7L, 7L);
  }

  @Test
  void anEventThatCannotBeSerializedIsRejectedAloneAndTheOthersAreStored() {
    var stubborn = new Object();
    tell(List.of(atomic(event(6, "a-6")), atomic(event(7, stubborn)), atomic(event(8, "a-8"))));
    probe.expectMsgEquals(WriteMessagesSuccessful$.MODULE$);
    assertThat(probe.expectMsgClass(WriteMessageSuccess.class).persistent().sequenceNr())
        .isEqualTo(6);
    var rejected = probe.expectMsgClass(WriteMessageRejected.class);
    assertThat(rejected.message().sequenceNr()).isEqualTo(7);
    assertThat(rejected.message().payload()).isSameAs(stubborn);
    assertThat(probe.expectMsgClass(WriteMessageSuccess.class).persistent().sequenceNr())
        .isEqualTo(8);
    assertThat(replay(id, 6, MAX, MAX)).containsExactly(6L, 8L, 8L);
  }

  @Test
  void ofAnAtomicWriteAllIsStoredOrNothing() {
    tell(List.of(atomic(event(6, "a-6"), event(7, new Object()))));
    probe.expectMsgEquals(WriteMessagesSuccessful$.MODULE$);
    probe.expectMsgClass(WriteMessageRejected.class);
    probe.expectMsgClass(WriteMessageRejected.class);
    assertThat(replay(id, 6, MAX, MAX)).containsExactly(5L);
  }

  @Test
  void aReplayWaitsForTheWritesBeforeIt() {
    tell(LongStream.rangeClosed(6, 2000).mapToObj(number -> atomic(event(number))).toList());
    journal.tell(new ReplayMessages(2001, MAX, MAX, id, probe.getRef()), probe.getRef());
    long highest = -1;
    while (highest < 0)
      if (probe.receiveOne(Duration.ofSeconds(10)) instanceof RecoverySuccess success)
        highest = success.highestSequenceNr();
    assertThat(highest).isEqualTo(2000);
  }
}
