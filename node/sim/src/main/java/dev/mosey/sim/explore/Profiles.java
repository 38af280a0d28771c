package dev.mosey.sim.explore;

import dev.mosey.policy.lease.Rules;
import java.util.List;

/** The profiles that the build explores, and larger ones for a long run. */
public final class Profiles {
  /** Every interleaving of two processes and two moves, nothing failing but messages. */
  public static final Profile MOVES = quiet("two-moves", 2, 2, 2, 100_000);

  /** One process that moves while its lease may lapse at any moment. */
  public static final Profile LAPSE = timed("lapse", 1, 1, 0, 0, 0, 100_000);

  /** The home is restarted at any moment, before and after any sync. */
  public static final Profile HOME_RESTART = timed("home-restart", 1, 1, 1, 0, 0, 300_000);

  /** The home is restarted while its process is given out a second time. */
  public static final Profile HOME_RESTART_AGAIN = timed("home-again", 2, 0, 1, 0, 0, 150_000);

  /** A host is restarted at any moment. */
  public static final Profile HOST_RESTART = timed("host-restart", 1, 1, 0, 1, 0, 300_000);

  /** A host's daemon is restarted on purpose, and hands its bodies over, at any moment. */
  public static final Profile HAND_OVER = timed("hand-over", 1, 1, 0, 0, 1, 300_000);

  /** The home's own node hands over: the books are opened anew as well. */
  public static final Profile HAND_OVER_AT_HOME =
      new Profile(
          "hand-over-at-home",
          1,
          1,
          true,
          1,
          1,
          1,
          0,
          0,
          1,
          0,
          0,
          1,
          0,
          1,
          1,
          Rules.SAFE,
          300_000,
          100);

  /** The home is on the first host's node: guests without a lease. */
  public static final Profile ONE_NODE =
      new Profile(
          "one-node", 1, 1, true, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, Rules.SAFE, 100_000, 100);

  /** A checkpoint at home is damaged at any moment, before it is needed or as it is read. */
  public static final Profile ROT =
      new Profile("rot", 1, 1, false, 1, 6, 3, 1, 2, 0, 1, 0, 0, 0, 0, 3, 4, 2, Rules.SAFE, 0, 0);

  /** Frozen and let go on at any moment, while it moves, is cancelled or ends. */
  public static final Profile FREEZE =
      new Profile("", 1, 1, false, 1, 2, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, Rules.SAFE, 200_000, 100)
          .freezing("freeze", 1);

  /** The same while its lease may lapse, and a host or the home is restarted. */
  public static final Profile FREEZE_CRASH =
      new Profile("", 1, 1, false, 1, 2, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, Rules.SAFE, 100_000, 100)
          .freezing("freeze-crash", 1);

  /** One that can't be packed stands still in its place, and is handed over so. */
  public static final Profile FREEZE_IN_PLACE =
      new Profile("", 2, 2, true, 1, 2, 0, 0, 0, 1, 0, 1, 1, 0, 0, 1, Rules.SAFE, 100_000, 100)
          .freezing("freeze-in-place", 2);

  /** Cancelled, ended, failed and repeated at any moment. */
  public static final Profile USERS =
      new Profile(
          "users", 1, 1, false, 1, 2, 1, 0, 0, 0, 1, 1, 1, 1, 0, 2, Rules.SAFE, 200_000, 100);

  /** Two processes for the one slot of each host: the second is accepted ahead of room. */
  public static final Profile AHEAD =
      new Profile(
          "ahead", 2, 1, false, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, Rules.SAFE, 150_000, 100);

  /** Where one broken rule is enough for a fault: what the build shows to be found. */
  public static final Profile BREAKABLE =
      new Profile(
          "breakable", 1, 1, false, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 2, 1, Rules.SAFE, 400_000, 0);

  /** All of it at once: too many worlds to visit, for random histories. */
  public static final Profile ALL =
      new Profile("", 2, 2, false, 2, 6, 2, 2, 2, 2, 3, 1, 2, 1, 6, 2, Rules.SAFE, 0, 0)
          .freezing("all", 2);

  /** The same with the home on the first host's node. */
  public static final Profile ALL_ONE_NODE =
      new Profile("", 2, 2, true, 2, 6, 2, 2, 2, 2, 3, 1, 2, 1, 6, 2, Rules.SAFE, 0, 0)
          .freezing("all-one-node", 2);

  /** The same with one slot on each host. */
  public static final Profile ALL_AHEAD =
      new Profile("", 2, 1, false, 2, 6, 2, 2, 2, 2, 3, 1, 2, 1, 6, 2, Rules.SAFE, 0, 0)
          .freezing("all-ahead", 2);

  /** For hours. */
  public static final List<Profile> LARGE =
      List.of(
          quiet("two-moves+", 2, 3, 3, 5_000_000),
          timed("lapse+", 2, 1, 0, 0, 0, 5_000_000),
          timed("home+", 2, 2, 2, 0, 0, 5_000_000),
          timed("host+", 2, 2, 0, 2, 0, 5_000_000),
          timed("hand-over+", 2, 2, 0, 0, 2, 5_000_000),
          new Profile(
              "users+",
              2,
              2,
              false,
              1,
              2,
              2,
              0,
              0,
              0,
              1,
              2,
              2,
              1,
              0,
              2,
              Rules.SAFE,
              5_000_000,
              100),
          new Profile(
              "all+", 2, 2, false, 2, 4, 2, 1, 1, 1, 1, 1, 1, 1, 3, 2, Rules.SAFE, 5_000_000, 100));

  private Profiles() {}

  private static Profile quiet(String name, int processes, int placings, int moves, int max) {
    return new Profile(
        name,
        processes,
        processes,
        false,
        1,
        placings,
        moves,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        1,
        Rules.SAFE,
        max,
        50);
  }

  private static Profile timed(
      String name,
      int placings,
      int moves,
      int homeCrashes,
      int hostCrashes,
      int handOvers,
      int max) {
    return new Profile(
        name,
        1,
        1,
        false,
        1,
        placings,
        moves,
        homeCrashes,
        hostCrashes,
        handOvers,
        0,
        0,
        0,
        0,
        1,
        1,
        Rules.SAFE,
        max,
        100);
  }
}
