package dev.mosey.node.schedule;

import dev.mosey.node.host.ProcessHost;
import dev.mosey.node.host.ProcessHost.GuestView;
import dev.mosey.policy.balance.FreezeRules;
import dev.mosey.policy.balance.Freezer;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.load.Loads;
import dev.mosey.policy.tune.Tune;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.id.NodeName;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Freezes what runs here when this node has too much to do or too little memory. */
final class FreezingByHost {
  private static final Logger LOG = LoggerFactory.getLogger(FreezingByHost.class);
  private static final double PERCENT = 100;

  private final NodeName self;
  private final FreezeRules rules;
  private Freezer freezer = Freezer.CALM;
  private int room = Integer.MAX_VALUE;

  FreezingByHost(NodeName self, FreezeRules rules) {
    this.self = self;
    this.rules = rules;
  }

  /** How many more processes may be invited; {@link Integer#MAX_VALUE} = any number. */
  int room() {
    return room;
  }

  /** One round, after the balancer has had its chance to move what can move. */
  void round(
      Picture picture,
      List<GuestView> guests,
      Tunes tunes,
      long nowMillis,
      Consumer<ProcessHost.Command> host) {
    if (!rules.byLoad() && !rules.byMemory()) {
      return;
    }
    NodeState own = picture.believed(nowMillis).get(self);
    if (own == null) {
      return;
    }
    double free =
        own.memoryTotalMb() > 0 ? PERCENT * own.memoryFreeMb() / own.memoryTotalMb() : PERCENT;
    Freezer.State state =
        new Freezer.State(
            own.load(),
            Loads.load(1, own.cores(), own.speed()),
            free < tunes.number(Tune.MEMORY_LOW),
            free >= tunes.number(Tune.MEMORY_HIGH));
    Freezer.Step step = freezer.round(rules, state, running(guests), nowMillis);
    freezer = step.next();
    if (step.freeze() != null) {
      LOG.info(
          "event=freezing id={} by={} load={} memory_free_percent={}",
          step.freeze(),
          step.by().word(),
          own.load(),
          free);
      host.accept(new ProcessHost.Freeze(step.freeze(), step.by()));
    }
    room = freezer.room(rules, state);
  }

  private static List<Freezer.Running> running(List<GuestView> guests) {
    return guests.stream()
        .filter(guest -> guest.phase().equals("running"))
        .map(
            guest ->
                new Freezer.Running(
                    guest.id(),
                    guest.spec().priority(),
                    guest.spec().move().saves() && !guest.spec().lock(),
                    guest.rssBytes(),
                    guest.imageBytes()))
        .toList();
  }
}
