package dev.mosey.node.cluster;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.wire.Envelope;
import dev.mosey.protocol.wire.Hello;
import dev.mosey.protocol.wire.WireMessage;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The post of one node: what it sends goes to the other node's endpoint, an actor at the same path
 * everywhere, and what arrives is handed to the {@link Recipients}. Names are found by the
 * membership, which keeps {@link #addresses} up to date; before there is one, nodes are addressed
 * by HOST:PORT.
 */
public final class PostOffice implements Post {
  /** Name of the endpoint's actor below the guardian. */
  static final String ENDPOINT = "post";

  private static final Logger LOG = LoggerFactory.getLogger(PostOffice.class);
  private static final int COMPLAINTS_MOST = 1_000;

  private final HostId self;
  private final int bytesMost;
  private final Counters counters = new Counters();
  private final Map<String, ActorRef<Letter>> endpoints = new ConcurrentHashMap<>();

  /** Senders with a kind of message of theirs that could not be read. */
  private final Set<String> complained = ConcurrentHashMap.newKeySet();

  private volatile Map<NodeName, String> addresses = Map.of();
  private volatile Recipients recipients;
  private volatile BiConsumer<String, Envelope> knocks = (address, hello) -> {};
  private volatile ActorSystem<?> system;
  private volatile String ownAddress;

  /**
   * What went through this office since the daemon started.
   *
   * @param sent messages handed to the network
   * @param received messages handed to a recipient, one's own included
   * @param lost messages to nodes that are not known now
   * @param oversized messages refused because of their size
   * @param unreadable messages that arrived and were dropped
   */
  public record Counters(
      LongAdder sent,
      LongAdder received,
      LongAdder lost,
      LongAdder oversized,
      LongAdder unreadable) {
    Counters() {
      this(new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder());
    }
  }

  /**
   * An office that delivers nothing yet.
   *
   * @param self this node in its present session
   * @param bytesMost largest envelope
   */
  public PostOffice(HostId self, int bytesMost) {
    this.self = self;
    this.bytesMost = bytesMost;
  }

  /** This node's own HOST:PORT between nodes, or null before the first actor system. */
  public String ownAddress() {
    return ownAddress;
  }

  /** Delivers to these from now on. */
  public void deliverTo(Recipients those) {
    recipients = those;
  }

  /** For metrics. */
  public Counters counters() {
    return counters;
  }

  @Override
  public HostId self() {
    return self;
  }

  @Override
  public void send(NodeName to, WireMessage message) {
    if (to.equals(self.node())) {
      deliver(new Envelope(self, to, message));
      return;
    }
    String address = addresses.get(to);
    if (address == null) {
      counters.lost.increment();
    } else {
      sendTo(address, to, message);
    }
  }

  /**
   * Sends to whoever is at HOST:PORT.
   *
   * @param to whom it is for, or null when that is not known
   */
  void sendTo(String address, NodeName to, WireMessage message) {
    ActorSystem<?> through = system;
    if (through == null) {
      counters.lost.increment();
      return;
    }
    byte[] bytes = WireCodec.encode(new Envelope(self, to, message));
    String name = WireMessage.nameOf(message);
    if (bytes.length > bytesMost) {
      counters.oversized.increment();
      LOG.error("{} to {} has {} bytes, more than {}: dropped", name, to, bytes.length, bytesMost);
      return;
    }
    counters.sent.increment();
    endpoints
        .computeIfAbsent(address, at -> endpoint(through, at))
        .tell(new Letter(name, ownAddress, bytes));
  }

  /** Replaces what is known about where members are, HOST:PORT by name. */
  void addresses(Map<NodeName, String> known) {
    addresses = Map.copyOf(known);
  }

  /** Told of every hello that arrives from another node, with the sender's HOST:PORT. */
  void onHello(BiConsumer<String, Envelope> listener) {
    knocks = listener;
  }

  /**
   * The endpoint, to be spawned by the guardian under the name {@link #ENDPOINT}. From then on
   * messages go through this system.
   */
  Behavior<Letter> endpoint(String address) {
    return Behaviors.setup(
        context -> {
          endpoints.clear();
          ownAddress = address;
          system = context.getSystem();
          return Behaviors.receive(Letter.class)
              .onMessage(
                  Letter.class,
                  letter -> {
                    arrived(letter);
                    return Behaviors.same();
                  })
              .onSignal(
                  PostStop.class,
                  stopped -> {
                    system = null;
                    return Behaviors.same();
                  })
              .build();
        });
  }

  /** Where the endpoint should run: never behind work that can wait. */
  static DispatcherSelector dispatcher() {
    return DispatcherSelector.fromConfig("mosd-urgent-dispatcher");
  }

  private void arrived(Letter letter) {
    try {
      Envelope envelope = WireCodec.decode(letter.bytes());
      if (envelope.message() instanceof Hello) {
        knocks.accept(letter.sender(), envelope);
      } else if (self.node().equals(envelope.to())) {
        deliver(envelope);
      } else {
        counters.unreadable.increment();
      }
    } catch (IOException unreadable) {
      counters.unreadable.increment();
      // A newer version says it again every second.
      boolean first =
          complained.size() < COMPLAINTS_MOST && complained.add(letter.sender() + letter.name());
      Level level = first ? Level.WARN : Level.DEBUG;
      LOG.atLevel(level)
          .log("{} from {} dropped: {}", letter.name(), letter.sender(), unreadable.getMessage());
    }
  }

  private void deliver(Envelope envelope) {
    Recipients those = recipients;
    if (those == null) {
      counters.lost.increment();
      return;
    }
    counters.received.increment();
    those.of(envelope.message()).accept(envelope);
  }

  private static ActorRef<Letter> endpoint(ActorSystem<?> through, String address) {
    return ActorRefResolver.get(through)
        .resolveActorRef("pekko://" + through.name() + "@" + address + "/user/" + ENDPOINT);
  }
}
