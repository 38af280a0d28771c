package dev.mosey.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Output arrives complete and in order at a home that loses, repeats and delays. */
class OutboxTest {
  private static final ProcessId ID = ProcessId.parse("alpha.1");
  private static final int WINDOW = 64 * 1024;
  private static final long RESEND = 100;

  private final Outbox outbox = new Outbox(ID, 1, OutputEnds.NONE, WINDOW, RESEND);

  @Test
  void sendsTheFirstLineAtOnceAndWhatFollowsTogether() {
    outbox.add(1, new byte[10]);
    assertThat(outbox.toSend(0)).hasSize(1);
    outbox.add(1, new byte[5]);
    outbox.add(1, new byte[7]);
    assertThat(outbox.toSend(1)).isEmpty();
    outbox.taken(1, 10, false, 2);
    assertThat(outbox.toSend(2))
        .singleElement()
        .satisfies(
            chunk -> {
              assertThat(chunk.offset()).isEqualTo(10);
              assertThat(chunk.bytes()).hasSize(12);
            });
  }

  @Test
  void hasNoMoreUnderWayThanTheWindow() {
    outbox.add(1, new byte[1 << 20]);
    long sent = outbox.toSend(0).stream().mapToLong(each -> each.bytes().length).sum();
    assertThat(sent).isEqualTo(WINDOW);
    assertThat(outbox.toSend(1)).isEmpty();
  }

  @Test
  void repeatsOneChunkUntilAnAnswerComesAndThenAllThatFollowed() {
    outbox.add(1, new byte[WINDOW]);
    assertThat(outbox.toSend(0)).hasSize(2);
    assertThat(outbox.toSend(RESEND - 1)).isEmpty();
    assertThat(outbox.toSend(RESEND)).extracting(Output::offset).containsExactly(0L);
    assertThat(outbox.toSend(2 * RESEND)).extracting(Output::offset).containsExactly(0L);
    outbox.taken(1, WINDOW / 2, false, 2 * RESEND);
    assertThat(outbox.toSend(2 * RESEND))
        .extracting(Output::offset)
        .containsExactly((long) WINDOW / 2);
  }

  @Test
  void aHomeThatTakesNoMoreLeavesNothingToSend() {
    outbox.add(1, new byte[100]);
    outbox.toSend(0);
    assertThat(outbox.taken(1, 0, true, 1)).isEqualTo(100);
    assertThat(outbox.add(1, new byte[50])).isEqualTo(50);
    assertThat(outbox.toSend(1)).isEmpty();
    assertThat(outbox.empty()).isTrue();
    assertThat(outbox.ends()).isEqualTo(new OutputEnds(150, 0));
  }

  @Test
  void countsFromTheBeginningOfTheProcess() {
    var later = new Outbox(ID, 2, new OutputEnds(1000, 20), WINDOW, RESEND);
    later.add(2, new byte[3]);
    assertThat(later.toSend(0)).extracting(Output::offset).containsExactly(20L);
    assertThat(later.ends()).isEqualTo(new OutputEnds(1000, 23));
    assertThat(later.empty()).isFalse();
  }

  @Property(tries = 200)
  void arrivesCompleteAndInOrderWhateverIsLost(@ForAll long seed) {
    var random = new Random(seed);
    var box = new Outbox(ID, 1, OutputEnds.NONE, WINDOW, RESEND);
    var written = new ByteArrayOutputStream();
    var home = new byte[600_000];
    int[] taken = {0};
    List<Output> onTheWay = new ArrayList<>();
    List<Integer> answers = new ArrayList<>();
    int total = random.nextInt(home.length);
    for (long now = 0; written.size() < total || !box.empty(); now += 1 + random.nextInt(20)) {
      assertThat(now).as("seed %d ends", seed).isLessThan(1_000_000);
      if (written.size() < total && random.nextInt(3) > 0) {
        var piece = new byte[1 + random.nextInt(Math.min(total - written.size(), 50_000))];
        random.nextBytes(piece);
        written.writeBytes(piece);
        box.add(1, piece.clone());
      }
      onTheWay.addAll(box.toSend(now));
      for (int steps = random.nextInt(4); steps > 0 && !onTheWay.isEmpty(); steps--) {
        var chunk = onTheWay.get(random.nextInt(onTheWay.size()));
        if (random.nextInt(4) > 0) onTheWay.remove(chunk);
        boolean lost = random.nextInt(5) == 0;
        if (lost || chunk.offset() > taken[0]) continue;
        System.arraycopy(chunk.bytes(), 0, home, (int) chunk.offset(), chunk.bytes().length);
        taken[0] = Math.max(taken[0], (int) chunk.offset() + chunk.bytes().length);
        answers.add(taken[0]);
      }
      if (!answers.isEmpty() && random.nextInt(3) > 0) {
        int answer = answers.remove(random.nextInt(answers.size()));
        if (random.nextInt(5) > 0) box.taken(1, answer, false, now);
      }
    }
    assertThat(Arrays.copyOf(home, taken[0])).isEqualTo(written.toByteArray());
  }
}
