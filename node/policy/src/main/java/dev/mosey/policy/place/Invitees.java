package dev.mosey.policy.place;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.load.LoadReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Whom a host with room invites. Its own home always; of the homes where work waits two by chance
 * out of the four with the best heads, so that not every free host runs to the same home; and, so
 * that a start on an idle cluster needs no round trip, some homes where nothing waits.
 */
public final class Invitees {
  private static final int BEST_HEADS = 4;
  private static final int OF_BEST = 2;

  private Invitees() {}

  /**
   * The homes to invite and how many slots to offer to each; 0 takes back what was offered before.
   *
   * @param self this node, whose home is always invited
   * @param waiting how many tasks wait at this node's home
   * @param others reports of the other members that answer
   * @param before who was invited last; kept where it makes no difference
   * @param slots free here
   * @param most how many other homes to invite at most
   */
  public static Map<NodeName, Integer> choose(
      NodeName self,
      long waiting,
      List<LoadReport> others,
      Set<NodeName> before,
      int slots,
      int most,
      RandomGenerator random) {
    Set<NodeName> hungry = hungry(others, before, Math.min(OF_BEST, most), random);
    Set<NodeName> chosen = new LinkedHashSet<>(hungry);
    List<NodeName> idle =
        new ArrayList<>(
            others.stream()
                .filter(report -> report.waiting() == 0)
                .map(report -> report.host().node())
                .sorted()
                .toList());
    Collections.shuffle(idle, random);
    idle.sort(Comparator.comparing(name -> !before.contains(name)));
    idle.stream().limit(Math.max(0, most - chosen.size())).forEach(chosen::add);

    if (waiting > 0) {
      hungry.add(self);
    }
    Map<NodeName, Integer> offers = new LinkedHashMap<>();
    before.forEach(name -> offers.put(name, 0));
    chosen.forEach(name -> offers.put(name, slots));
    offers.put(self, slots);
    // Where work waits at several homes, the same slot offered to all would mostly be refused.
    List<NodeName> sharers = new ArrayList<>(hungry);
    Collections.shuffle(sharers, random);
    for (int i = 0; i < sharers.size(); i++) {
      int even = slots / sharers.size() + (i < slots % sharers.size() ? 1 : 0);
      offers.put(sharers.get(i), even);
    }
    return offers;
  }

  private static Set<NodeName> hungry(
      List<LoadReport> others, Set<NodeName> before, int most, RandomGenerator random) {
    List<NodeName> best =
        new ArrayList<>(
            others.stream()
                .filter(report -> report.waiting() > 0)
                .sorted(
                    Comparator.comparingInt(LoadReport::headPriority)
                        .thenComparing(
                            Comparator.comparingLong(LoadReport::headAgeMillis).reversed())
                        .thenComparing(LoadReport::host))
                .limit(BEST_HEADS)
                .map(report -> report.host().node())
                .toList());
    Collections.shuffle(best, random);
    best.sort(Comparator.comparing(name -> !before.contains(name)));
    return new LinkedHashSet<>(best.subList(0, Math.min(most, best.size())));
  }
}
