package dev.mosey.node.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.mosey.node.store.Fixtures;
import dev.mosey.node.store.NodeStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.DeleteSnapshotSuccess;
import org.apache.pekko.persistence.DeleteSnapshotsSuccess;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.SaveSnapshotSuccess;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotProtocol.DeleteSnapshot;
import org.apache.pekko.persistence.SnapshotProtocol.DeleteSnapshots;
import org.apache.pekko.persistence.SnapshotProtocol.LoadSnapshot;
import org.apache.pekko.persistence.SnapshotProtocol.LoadSnapshotResult;
import org.apache.pekko.persistence.SnapshotProtocol.SaveSnapshot;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cases that Pekko asks of a snapshot store. */
class SnapshotCasesTest {
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
  private ActorRef snapshots;
  private final List<SnapshotMetadata> saved = new ArrayList<>();

  @BeforeAll
  static void open() {
    store = Fixtures.open(directory.resolve("data"));
    system = JournalCasesTest.system(store);
  }

  @AfterAll
  static void close() {
    TestKit.shutdownActorSystem(system);
    store.close();
  }

  private void connect() {
    probe = new TestKit(system);
    snapshots = Persistence.get(system).snapshotStoreFor(null, ConfigFactory.empty());
  }

  @BeforeEach
  void saveFive() {
    connect();
    for (int i = 1; i <= 5; i++) saved.add(save(i + 10, "s-" + i));
  }

  private SnapshotMetadata save(long number, Object snapshot) {
    tell(new SaveSnapshot(SnapshotMetadata.apply(id, number), snapshot));
    return probe.expectMsgClass(SaveSnapshotSuccess.class).metadata();
  }

  private void tell(Object message) {
    snapshots.tell(message, probe.getRef());
  }

  private static SnapshotSelectionCriteria upTo(long number, long timestamp) {
    return SnapshotSelectionCriteria.create(number, timestamp);
  }

  /** The snapshot loaded, or null. */
  private SelectedSnapshot load(SnapshotSelectionCriteria criteria, long to) {
    return load(id, criteria, to);
  }

  private SelectedSnapshot load(String id, SnapshotSelectionCriteria criteria, long to) {
    tell(new LoadSnapshot(id, criteria, to));
    var result = probe.expectMsgClass(LoadSnapshotResult.class);
    assertThat(result.toSequenceNr()).isEqualTo(to);
    return result.snapshot().isEmpty() ? null : result.snapshot().get();
  }

  private void assertLoads(int index, SnapshotSelectionCriteria criteria, long to) {
    var expected = SelectedSnapshot.create(saved.get(index - 1), "s-" + index);
    assertThat(load(criteria, to)).isEqualTo(expected);
  }

  @Test
  void loadsNoneOfAnUnknownId() {
    assertThat(load("invalid", SnapshotSelectionCriteria.latest(), MAX)).isNull();
    assertThat(load("home", SnapshotSelectionCriteria.latest(), MAX)).isNull();
  }

  @Test
  void loadsNoneIfNoTimestampMatches() {
    assertThat(load(upTo(MAX, 100), MAX)).isNull();
  }

  @Test
  void loadsNoneIfNoNumberMatches() {
    assertThat(load(upTo(7, MAX), MAX)).isNull();
    assertThat(load(SnapshotSelectionCriteria.latest(), 7)).isNull();
    assertThat(load(SnapshotSelectionCriteria.none(), MAX)).isNull();
  }

  @Test
  void loadsTheLatest() {
    assertLoads(5, SnapshotSelectionCriteria.latest(), MAX);
  }

  @Test
  void loadsTheLatestUpToANumber() {
    assertLoads(3, upTo(13, MAX), MAX);
    assertLoads(3, SnapshotSelectionCriteria.latest(), 13);
  }

  @Test
  void loadsTheLatestUpToANumberAndATimestamp() {
    assertLoads(3, upTo(13, saved.get(2).timestamp()), MAX);
    long timestamp = saved.get(2).timestamp();
    var loaded = load(upTo(MAX, timestamp), 13);
    assertThat(loaded.metadata()).isEqualTo(saved.get(2));
  }

  @Test
  void deletesOneByItsNumberWhateverItsTimestamp() {
    var third = saved.get(2).copy(id, 13, 0);
    tell(new DeleteSnapshot(third));
    probe.expectMsgEquals(new DeleteSnapshotSuccess(third));
    assertLoads(2, upTo(13, MAX), MAX);
  }

  @Test
  void deletesAllUpToANumberAndATimestamp() {
    var third = saved.get(2);
    var criteria = upTo(third.sequenceNr(), third.timestamp());
    tell(new DeleteSnapshots(id, criteria));
    probe.expectMsgEquals(new DeleteSnapshotsSuccess(criteria));
    assertThat(load(criteria, MAX)).isNull();
    assertLoads(4, upTo(14, saved.get(3).timestamp()), MAX);
  }

  @Test
  void keepsWhatIsLaterThanTheTimestamp() {
    var fourth = saved.get(3);
    var criteria = upTo(fourth.sequenceNr(), saved.get(0).timestamp() - 1);
    tell(new DeleteSnapshots(id, criteria));
    probe.expectMsgEquals(new DeleteSnapshotsSuccess(criteria));
    assertLoads(4, upTo(14, fourth.timestamp()), MAX);
  }

  @Test
  void overwritesTheOneOfTheSameNumber() {
    assertThat(save(15, "s-5-modified").sequenceNr()).isEqualTo(15);
    var loaded = load(upTo(15, MAX), MAX);
    assertThat(loaded.snapshot()).isEqualTo("s-5-modified");
    assertThat(loaded.metadata().sequenceNr()).isEqualTo(15);
  }

  @Test
  void savesALargeOne() {
    var large = "0".repeat(20_000_000);
    save(100, large);
    assertThat(load(SnapshotSelectionCriteria.latest(), MAX).snapshot()).isEqualTo(large);
  }

  @Test
  void findsTheLatestAfterARestart() {
    close();
    open();
    connect();
    assertLoads(5, SnapshotSelectionCriteria.latest(), MAX);
  }
}
