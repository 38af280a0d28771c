package dev.mosey.node.store;

import static dev.mosey.node.store.Fixtures.process;
import static dev.mosey.node.store.Fixtures.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.node.store.Spool.Entry;
import dev.mosey.node.store.Spool.Kind;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Blob;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  private static final NodeName BETA = NodeName.of("beta");
  private static final NodeName GAMMA = NodeName.of("gamma");
  private static final Blob BLOB = new Blob("ab".repeat(32), 123_456);

  @TempDir Path directory;
  private RocksStore store;

  @BeforeEach
  void open() {
    store =
        RocksStore.open(
            directory.resolve("books"), settings().books(), SpaceWatch.unlimited(), false);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Spool spool(long bytesMax) {
    return new Spool(store, new StoreSettings.Spooled(bytesMax));
  }

  private static long add(Spool spool, NodeName home, long job, Kind kind, int bytes) {
    return spool.add(home, process(job), 1, kind, new byte[bytes], null).join();
  }

  @Test
  void givesEntriesBackInOrderAlsoAfterARestart() {
    var spool = spool(1000);
    long first = add(spool, BETA, 1, Kind.OUTPUT, 10);
    add(spool, GAMMA, 5, Kind.OUTPUT, 10);
    long second = spool.add(BETA, process(1), 3, Kind.CHECKPOINT, new byte[] {1, 2}, BLOB).join();
    long third = add(spool, BETA, 1, Kind.EXIT, 0);
    for (var each : List.of(spool, spool(1000))) {
      assertThat(each.pending(BETA, 0, 10))
          .extracting(Entry::number)
          .containsExactly(first, second, third);
      assertThat(each.pending(BETA, first, 1)).extracting(Entry::number).containsExactly(second);
      var checkpoint = each.pending(BETA, first, 1).getFirst();
      assertThat(checkpoint.process()).isEqualTo(process(1));
      assertThat(checkpoint.incarnation()).isEqualTo(3);
      assertThat(checkpoint.kind()).isEqualTo(Kind.CHECKPOINT);
      assertThat(checkpoint.content()).containsExactly(1, 2);
      assertThat(checkpoint.blob()).isEqualTo(BLOB);
      assertThat(each.blobs()).containsExactly(BLOB);
      assertThat(each.homes()).containsExactly(BETA, GAMMA);
      assertThat(each.bytes()).isEqualTo(22);
    }
    assertThat(add(spool(1000), BETA, 2, Kind.EXIT, 0)).isGreaterThan(third);
  }

  @Test
  void forgetsWhatIsAcknowledged() {
    var spool = spool(1000);
    long first = add(spool, BETA, 1, Kind.OUTPUT, 10);
    add(spool, BETA, 2, Kind.OUTPUT, 10);
    spool.add(BETA, process(2), 4, Kind.OUTPUT, new byte[10], null).join();
    spool.acknowledge(List.of(first, 99L)).join();
    assertThat(spool.size()).isEqualTo(2);
    spool.acknowledge(process(2), 3).join();
    assertThat(spool(1000).pending(BETA, 0, 10)).extracting(Entry::incarnation).containsExactly(4);
    assertThat(spool.bytes()).isEqualTo(10);
  }

  @Test
  void aFullSpoolRefusesOutputAndStillTakesAnExit() {
    var spool = spool(100);
    add(spool, BETA, 1, Kind.OUTPUT, 95);
    assertThatThrownBy(() -> add(spool, BETA, 1, Kind.OUTPUT, 6))
        .hasCauseInstanceOf(StoreException.class)
        .hasMessageContaining("the spool is full: 95 of 100 bytes wait for their homes");
    add(spool, BETA, 1, Kind.EXIT, 15);
    assertThatThrownBy(() -> add(spool, BETA, 1, Kind.EXIT, 1))
        .hasMessageContaining("the spool is full");
    assertThat(spool(100).bytes()).isEqualTo(110);
  }

  @Test
  void whatCouldNotBeWrittenIsNotPending() {
    var spool = spool(1000);
    store.close();
    assertThatThrownBy(() -> add(spool, BETA, 1, Kind.EXIT, 5)).isNotNull();
    assertThat(spool.size()).isZero();
    assertThat(spool.bytes()).isZero();
    open();
  }
}
