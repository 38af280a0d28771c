package dev.mosey.node.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.cluster.Post;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.OutputTaken;
import dev.mosey.protocol.wire.WireMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the proofs do to a node happens, and only where it is asked for. */
class UnsafeTest {
  private record First() {}

  private record Second() {}

  private static final NodeName BETA = NodeName.of("beta");

  private final List<Long> sent = new ArrayList<>();
  private final List<Runnable> late = new ArrayList<>();
  private final Post office =
      new Post() {
        @Override
        public HostId self() {
          return new HostId(NodeName.of("alpha"), 1);
        }

        @Override
        public void send(NodeName to, WireMessage message) {
          sent.add(((OutputTaken) message).upTo());
        }
      };

  private void send(double share, NodeName to) {
    Random random = new Random(5);
    Post post = new DisorderlyPost(office, share, 100, () -> random, millis -> late::add);
    for (int i = 0; i < 1_000; i++) {
      post.send(to, new OutputTaken(ProcessId.parse("beta.1"), 1, 1, i, null));
    }
  }

  @Test
  void someMessagesArriveTwiceAndSomeLateAndNoneGetsLost() {
    send(0.1, BETA);
    assertThat(sent.size() + late.size()).isBetween(1_050, 1_150);
    assertThat(late).hasSizeBetween(70, 150);
    assertThat(sent).isSorted();
    late.forEach(Runnable::run);
    assertThat(sent).containsAll(java.util.stream.LongStream.range(0, 1_000).boxed().toList());
  }

  @Test
  void whatANodeTellsItselfStaysInOrder() {
    send(1, NodeName.of("alpha"));
    assertThat(sent).hasSize(1_000).isSorted();
    assertThat(late).isEmpty();
  }

  @Test
  void itHaltsBeforeTheStepThatIsNamedAndOnlyOnce() {
    AtomicInteger halts = new AtomicInteger();
    Halt halt = new Halt("Second", 2, halts::incrementAndGet);
    List.of(new Second(), new First(), new First()).forEach(halt);
    assertThat(halts).hasValue(0);
    List.of(new Second(), new Second(), new Second()).forEach(halt);
    assertThat(halts).hasValue(1);
    Halt never = new Halt("", 1, halts::incrementAndGet);
    never.accept(new First());
    assertThat(halts).hasValue(1);
  }
}
