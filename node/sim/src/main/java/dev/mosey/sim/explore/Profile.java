package dev.mosey.sim.explore;

import dev.mosey.policy.lease.Rules;

/**
 * What the adversary may do, and how far. Losing messages is always allowed and unbounded: what is
 * in flight need never arrive, and the oldest is lost when there are too many.
 *
 * @param name for the output
 * @param processes 1 or 2; the first is checkpointed live, the second begins again when it moves
 * @param slots of each host; with fewer than processes one may be accepted ahead of room
 * @param homeIsHost whether the home shares the first host's node, whose guests then need no lease
 * @param leaseSteps length of a lease in steps of time, 1 or more
 * @param placings how often the scheduler gives a process to a host, in all
 * @param moves attempts to move, in all
 * @param homeCrashes how often the home is restarted, straight before or after any sync
 * @param hostCrashes how often a host is restarted
 * @param handOvers how often a host's daemon hands its bodies to the next one
 * @param repeats how often a message arrives again
 * @param cancels how many processes are cancelled
 * @param ends how many bodies end by themselves
 * @param fails how many of those with an error
 * @param freezes how often a process is frozen, by hand or by its host; each may be let go on
 * @param rots how many checkpoints are damaged on the home's disk
 * @param timeSteps how often time advances; leases in force at the end stay so
 * @param inFlight messages of the same kind that may be under way between two nodes at once
 * @param rules which are in force
 * @param statesMax where it gives up
 * @param livenessEvery from every so-manieth state a fair schedule is tried; 0 = never
 */
public record Profile(
    String name,
    int processes,
    int slots,
    boolean homeIsHost,
    int leaseSteps,
    int placings,
    int moves,
    int homeCrashes,
    int hostCrashes,
    int handOvers,
    int repeats,
    int cancels,
    int ends,
    int fails,
    int freezes,
    int rots,
    int timeSteps,
    int inFlight,
    Rules rules,
    int statesMax,
    int livenessEvery) {

  /** With a disk that keeps what it was given. */
  public Profile(
      String name,
      int processes,
      int slots,
      boolean homeIsHost,
      int leaseSteps,
      int placings,
      int moves,
      int homeCrashes,
      int hostCrashes,
      int handOvers,
      int repeats,
      int cancels,
      int ends,
      int fails,
      int timeSteps,
      int inFlight,
      Rules rules,
      int statesMax,
      int livenessEvery) {
    this(
        name,
        processes,
        slots,
        homeIsHost,
        leaseSteps,
        placings,
        moves,
        homeCrashes,
        hostCrashes,
        handOvers,
        repeats,
        cancels,
        ends,
        fails,
        0,
        0,
        timeSteps,
        inFlight,
        rules,
        statesMax,
        livenessEvery);
  }

  /** The same under other rules. */
  public Profile under(Rules other) {
    return new Profile(
        name,
        processes,
        slots,
        homeIsHost,
        leaseSteps,
        placings,
        moves,
        homeCrashes,
        hostCrashes,
        handOvers,
        repeats,
        cancels,
        ends,
        fails,
        freezes,
        rots,
        timeSteps,
        inFlight,
        other,
        statesMax,
        livenessEvery);
  }

  /** The same in which processes are frozen so often. */
  public Profile freezing(String newName, int times) {
    return new Profile(
        newName,
        processes,
        slots,
        homeIsHost,
        leaseSteps,
        placings,
        moves,
        homeCrashes,
        hostCrashes,
        handOvers,
        repeats,
        cancels,
        ends,
        fails,
        times,
        rots,
        timeSteps,
        inFlight,
        rules,
        statesMax,
        livenessEvery);
  }
}
