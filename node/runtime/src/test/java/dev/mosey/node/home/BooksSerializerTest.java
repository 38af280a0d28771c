package dev.mosey.node.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.mosey.policy.books.Books;
import dev.mosey.policy.books.BooksLimits;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Outcome;
import dev.mosey.protocol.event.BooksEvent.Proof;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.After;
import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Kind;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.NodeLoss;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.json.Json;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The golden files are what the first release wrote. They are never written again: whoever changes
 * the format adds files and keeps reading these. To add one, run with {@code
 * -Dmosey.golden.write=true} while it is absent.
 */
class BooksSerializerTest {
  private static final HostId BETA = new HostId(NodeName.of("beta"), 3);
  private static final HostId GAMMA = new HostId(NodeName.of("gamma"), 4);
  private static final Blob BLOB = new Blob("ab".repeat(32), 12_345);
  private static final Image IMAGE =
      new Image(BLOB, "directory/1", BETA.node(), 100, 7, 1_700_000_000_000L);

  private final BooksSerializer serializer = new BooksSerializer();

  private static JobSpec spec() {
    return new JobSpec(
        Kind.COMMAND,
        "näme",
        "ann",
        List.of("sh", "-c", "echo hi"),
        "/home/ann",
        Resources.of(Map.of("cores", 1.5, "memory_mb", 200.0, "gpu", 1.0)),
        40,
        ArraySpec.parse("1-100:3%4"),
        BLOB,
        BLOB,
        BLOB,
        "/home/ann/out.%t",
        "/home/ann/err",
        60_000,
        30_000,
        10_000,
        2,
        MoveMode.CHECKPOINT,
        NodeLoss.FAIL,
        true,
        List.of(BETA.node()),
        List.of(GAMMA.node()),
        List.of(new After(After.Kind.EACH, JobId.parse("alpha.3"))),
        1_700_000_100_000L,
        BLOB,
        "a.b.C");
  }

  /** One of each. */
  private static List<BooksEvent> events() {
    List<Run> runs = List.of(new Run(0, 3), Run.of(7));
    return List.of(
        new BooksEvent.Opened(2, 5, "0123456789abcdef", BETA, 1),
        new BooksEvent.Submitted(17, spec(), "key", true, 2),
        new BooksEvent.Held(17, 3),
        new BooksEvent.Released(17, 4),
        new BooksEvent.Ordered(17, 10, -5),
        new BooksEvent.Placed(17, runs, BETA, 1, 5),
        new BooksEvent.Moved(17, 2, BETA, GAMMA, 2, 1, IMAGE, "balance", 12.5, 6, 7),
        new BooksEvent.MoveAborted(17, 2, 3, "no room", 8),
        new BooksEvent.Requeued(17, 2, 2, Proof.LEASE_LAPSED, IMAGE, "silent", true, 9, 0, 0),
        new BooksEvent.Checkpointed(17, 3, 1, IMAGE, 10),
        new BooksEvent.CancelAsked(17, runs, "ann", 11),
        new BooksEvent.Ended(
            17,
            List.of(Run.of(3)),
            Outcome.FAILED,
            Exit.signal(9).because("time limit"),
            1,
            BETA,
            new OutputEnds(100, 7),
            12,
            13),
        new BooksEvent.DependencyMet(17, 0, runs),
        new BooksEvent.Retried(17, runs, 14));
  }

  /** What came after the first release. */
  private static List<BooksEvent> newer() {
    return List.of(
        new BooksEvent.Requeued(17, 2, 3, Proof.LEASE_LAPSED, null, "silent", false, 15, 14, 0),
        new BooksEvent.Held(17, 16, List.of(Run.of(2)), "two nodes died while it ran: beta, gamma"),
        new BooksEvent.Cleared(17, 2, 3, 17));
  }

  /** What came with the second checkpoint. */
  private static List<BooksEvent> newest() {
    return List.of(new BooksEvent.ImageLost(17, 2, BLOB, "its checkpoint can't be read", 18));
  }

  /** What came with the rest after a failure. */
  private static List<BooksEvent> rest() {
    return List.of(
        new BooksEvent.Requeued(17, 2, 4, Proof.HOST_WORD, null, "failed", true, 19, 0, 20));
  }

  /** What came with freezing. */
  private static List<BooksEvent> frozen() {
    List<Run> runs = List.of(Run.of(2));
    return List.of(
        new BooksEvent.Held(17, 21, runs, "frozen by hand", FrozenBy.HAND),
        new BooksEvent.Released(17, 22, runs),
        new BooksEvent.Requeued(
            17, 2, 5, Proof.HOST_WORD, IMAGE, "frozen", false, 23, 0, 24, FrozenBy.LOAD));
  }

  private static HomeSnapshot snapshot() {
    Books books = new Books(NodeName.of("alpha"), BooksLimits.USUAL);
    events().forEach(books::apply);
    JobView view =
        new JobView(
            "alpha.17.10",
            "alpha.17",
            10,
            null,
            null,
            null,
            "failed",
            "time limit",
            null,
            null,
            null,
            null,
            "beta",
            1,
            null,
            null,
            Instant.ofEpochMilli(12),
            Instant.ofEpochMilli(13),
            Exit.signal(9),
            1,
            0.25,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    ProcessId id = new ProcessId(NodeName.of("alpha"), 17, 10);
    return new HomeSnapshot(
        books.snapshot(),
        List.of(
            new HomeSnapshot.Unprojected(
                9, List.of(new HistoryRow(id, 13, view, "/home/ann/out.%t", null)))));
  }

  @Test
  void thereIsAnExampleOfEveryEvent() {
    Set<Class<?>> examples =
        Stream.of(events(), newer(), newest(), rest())
            .flatMap(List::stream)
            .map(Object::getClass)
            .collect(Collectors.toSet());

    assertThat(examples)
        .containsAll(
            Arrays.stream(BooksEvent.class.getPermittedSubclasses()).collect(Collectors.toSet()));
  }

  @Test
  void readsWhatTheFirstReleaseWrote() throws IOException {
    assertThat(serializer.fromBinary(golden("books-record-1", events()), "books-record/1"))
        .isEqualTo(new BooksRecord(events()));
  }

  @Test
  void readsWhatWasAddedSince() throws IOException {
    assertThat(serializer.fromBinary(golden("books-record-2", newer()), "books-record/1"))
        .isEqualTo(new BooksRecord(newer()));
    assertThat(serializer.fromBinary(golden("books-record-3", newest()), "books-record/1"))
        .isEqualTo(new BooksRecord(newest()));
    assertThat(serializer.fromBinary(golden("books-record-4", rest()), "books-record/1"))
        .isEqualTo(new BooksRecord(rest()));
    assertThat(serializer.fromBinary(golden("books-record-5", frozen()), "books-record/1"))
        .isEqualTo(new BooksRecord(frozen()));
  }

  @Test
  void readsTheFirstReleasesSnapshot() throws IOException {
    byte[] golden = golden("books-snapshot-1", null);

    HomeSnapshot read = (HomeSnapshot) serializer.fromBinary(golden, "books-snapshot/1");

    assertThat(read).isEqualTo(without("failed_on", "not_before_millis"));
    assertThat(Books.restore(read.books(), BooksLimits.USUAL).snapshot()).isEqualTo(read.books());
  }

  @Test
  void readsASnapshotWithWhatWasAddedSince() throws IOException {
    HomeSnapshot read =
        (HomeSnapshot) serializer.fromBinary(golden("books-snapshot-2", null), "books-snapshot/1");

    assertThat(read).isEqualTo(snapshot());
    assertThat(Books.restore(read.books(), BooksLimits.USUAL).snapshot()).isEqualTo(read.books());
  }

  /** Today's snapshot as a version would have written it that did not know these. */
  private Object without(String... fields) throws IOException {
    ObjectMapper cbor = Json.mapper(new CBORFactory());
    JsonNode tree = cbor.readTree(serializer.toBinary(snapshot()));
    for (String field : fields) {
      assertThat(tree.findParents(field)).as(field).isNotEmpty();
      tree.findParents(field).forEach(element -> ((ObjectNode) element).remove(field));
    }
    return serializer.fromBinary(cbor.writeValueAsBytes(tree), "books-snapshot/1");
  }

  @Test
  void readsBackWhatItWrites() throws IOException {
    BooksRecord record = new BooksRecord(events());
    byte[] bytes = serializer.toBinary(record);

    assertThat(serializer.fromBinary(bytes, serializer.manifest(record))).isEqualTo(record);
    assertThat(serializer.fromBinary(serializer.toBinary(snapshot()), "books-snapshot/1"))
        .isEqualTo(snapshot());
  }

  @Test
  void saysThatANewerVersionWroteWhatItDoesNotKnow() {
    assertThatThrownBy(() -> serializer.fromBinary(new byte[] {1}, "books-record/9"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("books-record/9")
        .hasMessageContaining("newer version");
  }

  @ParameterizedTest
  @ValueSource(strings = {"outcome", "proof", "e"})
  void aWordThatItDoesNotKnowShutsTheBooksAndIsNamed(String field) throws IOException {
    ObjectMapper cbor = Json.mapper(new CBORFactory());
    JsonNode record = cbor.readTree(cbor.writeValueAsBytes(new BooksRecord(events())));
    for (JsonNode event : record.get("events")) {
      if (event.has(field)) {
        ((ObjectNode) event).put(field, "EVAPORATED");
      }
    }
    byte[] bytes = cbor.writeValueAsBytes(record);
    assertThatThrownBy(() -> serializer.fromBinary(bytes, "books-record/1"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessage("the journal holds 'EVAPORATED', which a newer version of this program wrote");
  }

  private byte[] golden(String name, List<BooksEvent> events) throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/golden/" + name + ".cbor")) {
      if (in != null) {
        return in.readAllBytes();
      }
    }
    assertThat(Boolean.getBoolean("mosey.golden.write")).as("/golden/" + name).isTrue();
    Object value = events == null ? snapshot() : new BooksRecord(events);
    byte[] bytes = serializer.toBinary(value);
    Path file = Path.of("src/test/resources/golden", name + ".cbor");
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    return bytes;
  }
}
