package dev.mosey.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.json.Json;
import dev.mosey.protocol.wire.Call;
import dev.mosey.protocol.wire.CallAnswer;
import dev.mosey.protocol.wire.Envelope;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.Guest;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.io.IOException;
import java.io.NotSerializableException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class PostOfficeTest {
  private static final HostId ALPHA = new HostId(NodeName.of("alpha"), 3);
  private static final NodeName BETA = NodeName.of("beta");
  private static final int BYTES_MOST = 64 * 1024;
  private static ActorTestKit kit;

  private final List<String> delivered = new CopyOnWriteArrayList<>();
  private final PostOffice office = new PostOffice(ALPHA, BYTES_MOST);

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create();
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  private void deliver() {
    office.deliverTo(
        new Recipients(
            envelope -> delivered.add("home"),
            envelope -> delivered.add("host"),
            envelope -> delivered.add("scheduler"),
            envelope -> delivered.add("load"),
            envelope -> delivered.add("gateway")));
  }

  @Test
  void whatIsForThisNodeIsDeliveredHereByItsType() {
    deliver();
    office.send(ALPHA.node(), new Report(ALPHA, 1, null, List.of()));
    office.send(ALPHA.node(), new Orders(books(), 1, ALPHA, 1, List.of(), Map.of()));
    office.send(ALPHA.node(), new CallAnswer(1, 200, null));
    assertThat(delivered).containsExactly("home", "host", "gateway");
  }

  @Test
  void whatIsForANodeThatIsNotKnownIsLostAndCounted() {
    office.send(BETA, new CallAnswer(1, 200, null));
    assertThat(office.counters().lost().sum()).isEqualTo(1);
  }

  @Test
  void aMessageThatIsTooLargeIsRefusedAtTheSender() {
    kit.spawn(office.endpoint("127.0.0.1:1"));
    office.addresses(Map.of(BETA, "127.0.0.1:2"));
    ProcessId process = ProcessId.parse("alpha.1");
    sendUntilSent(new Output(process, 1, 1, 0, new byte[32 * 1024]));
    long before = office.counters().sent().sum();
    office.send(BETA, new Output(process, 1, 1, 0, new byte[BYTES_MOST]));
    assertThat(office.counters().oversized().sum()).isEqualTo(1);
    assertThat(office.counters().sent().sum()).isEqualTo(before);
  }

  /** The endpoint starts in its own time. */
  private void sendUntilSent(Output output) {
    while (office.counters().sent().sum() == 0) {
      office.send(BETA, output);
      Thread.onSpinWait();
    }
  }

  @Test
  void whatArrivesForAnotherNameIsDropped() throws Exception {
    deliver();
    ActorRef<Letter> endpoint = kit.spawn(office.endpoint("127.0.0.1:1"));
    endpoint.tell(letter(new Envelope(ALPHA, BETA, new CallAnswer(1, 200, null))));
    endpoint.tell(new Letter("call/1", "127.0.0.1:9", new byte[] {1, 2, 3}));
    endpoint.tell(letter(new Envelope(ALPHA, ALPHA.node(), new CallAnswer(2, 200, null))));
    while (delivered.isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(delivered).containsExactly("gateway");
    assertThat(office.counters().unreadable().sum()).isEqualTo(2);
  }

  @Test
  void aLetterComesOutAsItWentIn() throws NotSerializableException {
    WireSerializer serializer = new WireSerializer();
    Letter letter =
        letter(new Envelope(ALPHA, BETA, new Call(7, "ann", "GET", "/jobs", null, null)));
    assertThat(serializer.manifest(letter)).isEqualTo("call/1");
    Letter back = (Letter) serializer.fromBinary(serializer.toBinary(letter), "call/1");
    assertThat(back).usingRecursiveComparison().isEqualTo(letter);
    assertThatThrownBy(() -> serializer.fromBinary(new byte[] {9, 1}, "call/1"))
        .isInstanceOf(NotSerializableException.class);
  }

  @Test
  void whatANewerVersionAddsIsLeftOutAndTheRestIsRead() throws IOException {
    Report report =
        new Report(
            ALPHA,
            5,
            books(),
            List.of(
                Guest.of(ProcessId.parse("beta.1"), 1, new GuestState.Preparing()),
                Guest.of(ProcessId.parse("beta.2"), 4, new GuestState.Running(9, null))));
    var cbor = Json.mapper(new CBORFactory());
    ObjectNode tree =
        (ObjectNode) cbor.readTree(WireCodec.encode(new Envelope(ALPHA, BETA, report)));
    tree.put("priority", "new");
    ((ObjectNode) tree.at("/message/guests/0/state")).put("s", "frozen");
    Envelope read = WireCodec.decode(cbor.writeValueAsBytes(tree));
    assertThat((Report) read.message())
        .isEqualTo(new Report(ALPHA, 5, books(), List.of(report.guests().get(1)), true, 0))
        .as("what was left out may still be there")
        .returns(true, Report::partial);
    assertThat(new Report(ALPHA, 5, books(), report.guests()).partial()).isFalse();
    ((ObjectNode) tree.at("/message")).put("m", "farewell/1");
    assertThatThrownBy(() -> WireCodec.decode(cbor.writeValueAsBytes(tree)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aWordOfANewerVersionIsReadAsOneThatIsNotKnown() throws IOException {
    var refused = new GuestState.Refused(RefusalCode.FULL, "no slot is free");
    Guest guest = Guest.of(ProcessId.parse("beta.1"), 1, refused);
    Report report = new Report(ALPHA, 5, books(), List.of(guest));
    var cbor = Json.mapper(new CBORFactory());
    var tree = cbor.readTree(WireCodec.encode(new Envelope(ALPHA, BETA, report)));
    ((ObjectNode) tree.at("/message/guests/0/state")).put("code", "TOO_HOT");
    Report read = (Report) WireCodec.decode(cbor.writeValueAsBytes(tree)).message();
    assertThat(read.guests().getFirst().state())
        .isEqualTo(new GuestState.Refused(RefusalCode.UNKNOWN, "no slot is free"));
    assertThat(read.partial()).isFalse();
  }

  @Test
  void whatCanNotBeReadIsSaidOnceForEachSenderAndKind() {
    Logger log = (Logger) LoggerFactory.getLogger(PostOffice.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.list = new CopyOnWriteArrayList<>();
    said.start();
    log.addAppender(said);
    try {
      deliver();
      ActorRef<Letter> endpoint = kit.spawn(office.endpoint("127.0.0.1:1"));
      for (String name : List.of("farewell/1", "farewell/1", "farewell/1", "report/2")) {
        endpoint.tell(new Letter(name, "127.0.0.1:9", new byte[] {1, 2, 3}));
      }
      endpoint.tell(letter(new Envelope(ALPHA, ALPHA.node(), new CallAnswer(2, 200, null))));
      while (delivered.isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(office.counters().unreadable().sum()).isEqualTo(4);
      assertThat(said.list.stream().filter(event -> event.getLevel() == Level.WARN))
          .extracting(event -> event.getFormattedMessage().split(" dropped")[0])
          .containsExactly("farewell/1 from 127.0.0.1:9", "report/2 from 127.0.0.1:9");
    } finally {
      log.detachAppender(said);
    }
  }

  private static Letter letter(Envelope envelope) {
    return new Letter("call/1", "127.0.0.1:9", WireCodec.encode(envelope));
  }

  private static BooksId books() {
    return new BooksId(ALPHA.node(), "0123456789abcdef", 1, 1);
  }
}
