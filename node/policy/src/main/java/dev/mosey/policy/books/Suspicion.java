package dev.mosey.policy.books;

import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.id.NodeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a task is held because nodes die while it runs there. What speaks for its innocence: the
 * losses were of one node, or long apart, or another node on which nothing of its job ran was lost
 * at about the same time. The last counts up to twice the bound only: two such jobs at once would
 * excuse each other for ever.
 */
final class Suspicion {
  private static final List<String> NUMBERS =
      List.of("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");

  private final LostNodes lost;
  private final BooksLimits limits;
  private final Now now;

  Suspicion(LostNodes lost, BooksLimits limits, Now now) {
    this.lost = lost;
    this.limits = limits;
    this.now = now;
  }

  /** Why the task is to be held, in one line; null when it is not. */
  String against(long job, Element element) {
    if (limits.poisonAfter() == 0 || element.phase() != Element.Phase.WAITING) {
      return null;
    }
    Set<NodeName> all = new TreeSet<>();
    Set<NodeName> alone = new TreeSet<>();
    for (Element.Loss loss : element.losses()) {
      if (now.epochMillis() - loss.atMillis() <= limits.poisonMemoryMillis()) {
        all.add(loss.node());
        if (!lost.hasOtherCause(job, loss, limits.poisonTogetherMillis())) {
          alone.add(loss.node());
        }
      }
    }
    boolean held = alone.size() >= limits.poisonAfter() || all.size() >= 2L * limits.poisonAfter();
    return held ? words(all, element) : null;
  }

  private static String words(Set<NodeName> nodes, Element element) {
    List<NodeName> inOrder = new ArrayList<>();
    for (Element.Loss loss : element.losses()) {
      if (nodes.contains(loss.node()) && !inOrder.contains(loss.node())) {
        inOrder.add(loss.node());
      }
    }
    int count = inOrder.size();
    String number = count < NUMBERS.size() ? NUMBERS.get(count) : Integer.toString(count);
    String died = count == 1 ? " node died while it ran: " : " nodes died while it ran: ";
    return number + died + String.join(", ", inOrder.stream().map(NodeName::value).toList());
  }
}
