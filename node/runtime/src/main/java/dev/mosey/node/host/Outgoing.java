package dev.mosey.node.host;

import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.TakeImage;
import dev.mosey.protocol.wire.WireMessage;
import java.io.IOException;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a host's messages get on their way out, that {@code Guests} know nothing of. */
final class Outgoing {
  private static final Logger LOG = LoggerFactory.getLogger(Outgoing.class);

  private final ProcessHost.Parts parts;
  private final BiPredicate<ProcessId, Integer> speaks;

  /**
   * Changes nothing yet.
   *
   * @param speaks whether there is still output of this incarnation on its way home
   */
  Outgoing(ProcessHost.Parts parts, BiPredicate<ProcessId, Integer> speaks) {
    this.parts = parts;
    this.speaks = speaks;
  }

  WireMessage asSent(WireMessage message) {
    if (message instanceof TakeImage take && take.image() != null) return withInline(take);
    if (message instanceof Report report) return withoutGaps(report);
    return message;
  }

  /**
   * Who left with an image goes on elsewhere behind the output that it had made by then. So as long
   * as that is still on its way it counts as running; it stands still in any case.
   */
  private Report withoutGaps(Report report) {
    if (report.guests().stream().noneMatch(this::leavesAGap)) return report;
    var running = new Report.GuestState.Running(parts.clock().millis(), null);
    return report.with(
        report.guests().stream()
            .map(
                guest ->
                    leavesAGap(guest)
                        ? new Report.Guest(
                            guest.id(),
                            guest.incarnation(),
                            running,
                            guest.cpuMillis(),
                            guest.rssBytes(),
                            guest.progress())
                        : guest)
            .toList());
  }

  private boolean leavesAGap(Report.Guest guest) {
    return guest.state() instanceof Report.GuestState.Left left
        && left.image() != null
        && speaks.test(guest.id(), guest.incarnation());
  }

  /** A small image travels in the message itself. */
  private WireMessage withInline(TakeImage take) {
    if (take.inline() != null) return take;
    var blob = take.image().blob();
    if (blob.bytes() > parts.settings().imageInlineBytes()) return take;
    try (var bytes = parts.blobs().open(blob.sha256())) {
      return new TakeImage(
          take.id(), take.incarnation(), take.move(), take.image(), bytes.readAllBytes());
    } catch (IOException | RuntimeException e) {
      LOG.warn("event=image-unreadable reason=\"{}\"", Lines.of(e));
      return take;
    }
  }
}
