package dev.mosey.node.boot;

import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Watches the actors that make a node. When one of them has failed, the node ends, so that whoever
 * looks after it (systemd, an operator) sees that and starts it again from its books: a node that
 * lacks one would take work and do nothing with it.
 */
final class Vitals {
  private Vitals() {}

  /**
   * The watcher.
   *
   * @param vital the actors, by the word that a user knows
   * @param ending whether the node ends anyway, so that what stops has been told to
   * @param broken told with one line; once, because the node ends then
   */
  static Behavior<Void> create(
      Map<String, ActorRef<?>> vital, BooleanSupplier ending, Consumer<String> broken) {
    return Behaviors.setup(
        context -> {
          vital.values().forEach(context::watch);
          return Behaviors.receive(Void.class)
              .onSignal(
                  Terminated.class,
                  gone -> {
                    if (ending.getAsBoolean()) {
                      return Behaviors.stopped();
                    }
                    broken.accept("the " + wordOf(gone.getRef(), vital) + " failed: see the log");
                    return Behaviors.stopped();
                  })
              .build();
        });
  }

  private static String wordOf(ActorRef<?> gone, Map<String, ActorRef<?>> vital) {
    return vital.entrySet().stream()
        .filter(each -> each.getValue().equals(gone))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }
}
