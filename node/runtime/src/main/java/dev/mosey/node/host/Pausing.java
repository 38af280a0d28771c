package dev.mosey.node.host;

import dev.mosey.node.host.BodyEvent.Packed;
import dev.mosey.policy.guests.GuestsEffect.StartBody;
import dev.mosey.policy.guests.GuestsInput;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.wire.Report.OutputEnds;

/**
 * A body on its way to a safe point: which wish counts, whether it stands still, and when that may
 * be told. Called by one {@link GuestProcess} only.
 */
final class Pausing {
  private final GuestProcess.Shared shared;
  private final StartBody start;
  private final OutputEnds from;
  private final Outbox outbox;
  private int requests;

  /** The wish under way; 0 = none. */
  private int wish;

  /** The body stands still for the wish, and this is told once its output allows. */
  private Packed packed;

  private boolean outputFirst;
  private boolean standing;
  private boolean told;

  /**
   * Nothing is wished.
   *
   * @param from how much output there was before this incarnation
   * @param outbox has what came since
   */
  Pausing(GuestProcess.Shared shared, StartBody start, OutputEnds from, Outbox outbox) {
    this.shared = shared;
    this.start = start;
    this.from = from;
    this.outbox = outbox;
  }

  /**
   * A new wish.
   *
   * @param forMove whether another host goes on at once, so that its home must have all output
   * @return its number
   */
  int begin(boolean forMove) {
    wish = ++requests;
    outputFirst = forMove;
    standing = false;
    told = false;
    packed = null;
    return wish;
  }

  /** The daemon before this one has let it stand still, where it is. */
  void adoptStanding() {
    wish = ++requests;
    standing = true;
    told = true;
  }

  /** Its grace is over: whoever has not come to a safe point by now runs on. */
  void over(int request, Body body) {
    if (request == wish && !standing) {
      body.unpause();
      giveUp("it reached no safe point within its grace");
    }
  }

  /** The body can't, now. */
  void failed(BodyEvent.NotPaused failed) {
    if (failed.request() == wish) giveUp(failed.why());
  }

  /** There is no wish any more, and the guest is told why. */
  void giveUp(String why) {
    wish = 0;
    shared.tell().accept(new GuestsInput.BodyPauseFailed(start.id(), start.incarnation(), why));
  }

  /** The body stands still; false when it does so for a wish that counts no more. */
  boolean stands(BodyEvent.Paused paused) {
    if (paused.request() != wish) return false;
    standing = true;
    packed = paused.packed();
    return true;
  }

  /** The home has had its time to take the output. */
  void outputWaitOver(int request, Body body) {
    if (request == wish) tell(true, body);
  }

  /**
   * Tells that it stands still, once all output before the safe point has come out of its pipe. For
   * a move that output must be at home as well: the next incarnation's follows it, and that of this
   * one is then refused. Who leaves, for instance because its lease is about to end and its home is
   * away, does not wait for it: {@link Outgoing} tells of the leaving when the home has it all.
   */
  void tell(boolean waitedLongEnough, Body body) {
    if (!standing || told || wish == 0) return;
    var ends = packed == null ? outbox.ends() : ends(packed);
    boolean beginsAgain = packed == null;
    if (!outbox.reached(ends)) return;
    if (outputFirst && !beginsAgain && !outbox.takenUpTo(ends)) {
      if (waitedLongEnough) {
        body.resume(packed);
        standing = false;
        giveUp("its home takes no output now");
      }
      return;
    }
    told = true;
    var image = beginsAgain ? null : image(packed);
    long now = shared.clock().millis();
    shared
        .tell()
        .accept(new GuestsInput.BodyPaused(start.id(), start.incarnation(), image, ends, now));
  }

  /** It goes on, or runs on. */
  void end(Body body) {
    wish = 0;
    if (standing) body.resume(packed);
    else body.unpause();
    standing = false;
    packed = null;
  }

  /** What was packed, as the protocol names it. */
  Image image(Packed of) {
    var ends = ends(of);
    return new Image(
        of.blob(),
        of.format(),
        shared.post().self().node(),
        ends.stdout(),
        ends.stderr(),
        shared.clock().millis());
  }

  private OutputEnds ends(Packed of) {
    if (of.stdout() < 0) return outbox.ends();
    return new OutputEnds(from.stdout() + of.stdout(), from.stderr() + of.stderr());
  }
}
