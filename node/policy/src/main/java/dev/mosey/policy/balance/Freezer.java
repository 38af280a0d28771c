package dev.mosey.policy.balance;

import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.FrozenBy;
import java.util.Comparator;
import java.util.List;

/**
 * Which of its guests a host freezes because it has too much to do, and when it takes work again.
 * Between the two marks nothing changes; and it never takes so much that its own work alone would
 * carry it over the upper one. Immutable: each round gives the next.
 *
 * @param full whether the load went over the upper mark and has not come below the lower one since
 * @param tight whether something was frozen for memory, and memory is not plentiful since
 * @param frozeAtMillis when something was frozen last; {@link Long#MIN_VALUE} = never
 * @param shortSinceMillis since when memory is short; {@link Long#MAX_VALUE} = it is not
 */
public record Freezer(boolean full, boolean tight, long frozeAtMillis, long shortSinceMillis) {
  /** At the start. */
  public static final Freezer CALM = new Freezer(false, false, Long.MIN_VALUE, Long.MAX_VALUE);

  /**
   * What this host is like.
   *
   * @param load 1.0 = every core is busy once
   * @param loadOfOne what one more process adds to it; above 0
   * @param memoryShort whether so little is free that processes are to leave
   * @param memoryPlenty whether that is over for certain
   */
  public record State(double load, double loadOfOne, boolean memoryShort, boolean memoryPlenty) {}

  /**
   * A guest that runs.
   *
   * @param id the process
   * @param priority lower = more urgent
   * @param packs whether it can be packed now without losing anything, and may be
   * @param rssBytes resident memory
   * @param imageBytes what would have to be written
   */
  public record Running(
      ProcessId id, int priority, boolean packs, long rssBytes, long imageBytes) {}

  /**
   * What to do now.
   *
   * @param next for the next round
   * @param freeze which to freeze now, or null
   * @param by why; null when none
   */
  public record Step(Freezer next, ProcessId freeze, FrozenBy by) {}

  /** One round. */
  public Step round(FreezeRules rules, State state, List<Running> running, long nowMillis) {
    boolean nowFull =
        rules.byLoad()
            && (state.load() > rules.aboveLoad() || full && state.load() >= rules.belowLoad());
    boolean nowTight = rules.byMemory() && tight && !state.memoryPlenty();
    long since = state.memoryShort() ? Math.min(shortSinceMillis, nowMillis) : Long.MAX_VALUE;
    Freezer calm = new Freezer(nowFull, nowTight, frozeAtMillis, since);
    boolean rests =
        frozeAtMillis != Long.MIN_VALUE && nowMillis - frozeAtMillis < rules.pauseMillis();
    if (rests) {
      return new Step(calm, null, null);
    }
    boolean tooLong =
        rules.byMemory() && since != Long.MAX_VALUE && nowMillis - since >= rules.memoryMillis();
    if (tooLong) {
      ProcessId largest = choose(rules, running, Comparator.comparingLong(g -> -g.rssBytes()));
      if (largest != null) {
        // Memory has its time again to show what this has brought.
        Freezer next = new Freezer(nowFull, true, nowMillis, nowMillis);
        return new Step(next, largest, FrozenBy.MEMORY);
      }
    }
    boolean tooMuch =
        rules.byLoad() && state.load() > rules.aboveLoad() && running.size() > rules.keepRunning();
    ProcessId cheapest =
        tooMuch ? choose(rules, running, Comparator.comparingLong(Running::imageBytes)) : null;
    return cheapest == null
        ? new Step(calm, null, null)
        : new Step(new Freezer(nowFull, nowTight, nowMillis, since), cheapest, FrozenBy.LOAD);
  }

  private static ProcessId choose(
      FreezeRules rules, List<Running> running, Comparator<Running> then) {
    return running.stream()
        .filter(guest -> guest.packs() && guest.priority() >= rules.leastPriority())
        .min(
            Comparator.comparingInt((Running guest) -> -guest.priority())
                .thenComparing(then)
                .thenComparing(Running::id))
        .map(Running::id)
        .orElse(null);
  }

  /** How many more processes the host takes in this state; {@link Integer#MAX_VALUE} = any. */
  public int room(FreezeRules rules, State state) {
    if (full || tight) {
      return 0;
    }
    if (!rules.byLoad()) {
      return Integer.MAX_VALUE;
    }
    double more = (rules.aboveLoad() - state.load()) / state.loadOfOne();
    return (int) Math.clamp(Math.floor(more + 1e-9), 0, 1_000_000);
  }
}
