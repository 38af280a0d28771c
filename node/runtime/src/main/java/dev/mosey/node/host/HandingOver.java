package dev.mosey.node.host;

import dev.mosey.node.host.ProcessHost.Command;
import dev.mosey.node.host.ProcessHost.Handing;
import dev.mosey.node.keeper.Handed;
import dev.mosey.node.keeper.Keeper;
import dev.mosey.policy.guests.Guest;
import dev.mosey.policy.guests.Guests;
import dev.mosey.protocol.id.ProcessId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * Brings a host to where another daemon can take over, a step at a time:
 *
 * <ol>
 *   <li>nothing is in the middle of something: what moves has moved or stayed, what can't be handed
 *       over has left;
 *   <li>the keeper has told all that it had to tell, and tells nothing more;
 *   <li>each guest's actor has taken that in, and says what the next one needs.
 * </ol>
 *
 * <p>Called by the host's actor only.
 */
final class HandingOver {
  /** What happens on the way. */
  sealed interface Step extends ProcessHost.Internal {}

  private record TooLate() implements Step {}

  private record KeeperDone(Handed handed, String failed) implements Step {}

  private record GuestDone(HandedOver.Carried carried) implements Step {}

  /** Tells one guest's actor. */
  interface Tell {
    void tell(ProcessId id, int incarnation, ProcessCommand command);
  }

  private final ActorContext<Command> context;
  private final Guests guests;
  private final Keeper keeper;
  private final Tell tell;
  private final Map<ProcessId, HandedOver.Carried> done = new LinkedHashMap<>();
  private ProcessHost.HandOver wish;
  private Runnable beforeKeeper;
  private Handed handed;
  private boolean keeperAsked;

  HandingOver(ActorContext<Command> context, Guests guests, Keeper keeper, Tell tell) {
    this.context = context;
    this.guests = guests;
    this.keeper = keeper;
    this.tell = tell;
  }

  /**
   * Begins.
   *
   * @param closing ends what runs here for nobody's sake, as soon as nothing uses it any more
   */
  void begin(ProcessHost.HandOver asked, Runnable closing) {
    wish = asked;
    beforeKeeper = closing;
    context.scheduleOnce(asked.ready(), context.getSelf(), new TooLate());
    look();
  }

  /** To be called whenever something has changed. */
  void look() {
    if (wish == null || keeperAsked || !guests.isReadyToHandOver()) return;
    keeperAsked = true;
    beforeKeeper.run();
    var patience = wish.patience();
    context.pipeToSelf(
        CompletableFuture.supplyAsync(() -> keeper.handOver(patience)),
        (kept, failure) ->
            failure == null
                ? new KeeperDone(kept, null)
                : new KeeperDone(null, Lines.of(Bodies.cause(failure))));
  }

  /** Whether all is handed over now, and nothing is to be done here any more. */
  boolean take(Step step) {
    switch (step) {
      case TooLate ignored -> {
        if (!keeperAsked) refuse("not all that ran here could be brought to a rest in time");
      }
      case KeeperDone kept -> {
        handed = kept.handed();
        if (handed == null) refuse(kept.failed());
        else guests.carried().guests().forEach(this::ask);
      }
      case GuestDone guest -> done.put(guest.carried().guest().id(), guest.carried());
    }
    return handed != null && isComplete();
  }

  private void refuse(String why) {
    if (wish != null) wish.replyTo().tell(new Handing(null, why));
    wish = null;
  }

  private void ask(Guest guest) {
    var self = context.getSelf();
    tell.tell(
        guest.id(),
        guest.incarnation(),
        new ProcessCommand.HandOver(guest, carried -> self.tell(new GuestDone(carried))));
  }

  /** Who has ended meanwhile is not waited for: its actor brings its output home by the spool. */
  private boolean isComplete() {
    var carried = guests.carried();
    List<ProcessId> wanted = carried.guests().stream().map(Guest::id).toList();
    if (!done.keySet().containsAll(wanted)) return false;
    var over =
        new HandedOver(
            handed,
            carried.since(),
            done.values().stream().filter(each -> wanted.contains(each.guest().id())).toList());
    wish.replyTo().tell(new Handing(over, null));
    return true;
  }
}
