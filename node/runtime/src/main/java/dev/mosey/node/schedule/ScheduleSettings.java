package dev.mosey.node.schedule;

import dev.mosey.node.config.Section;
import dev.mosey.policy.balance.FreezeRules;
import java.time.Duration;

/**
 * How a node places, invites and moves. See {@code mosd.schedule} in {@code reference.conf}.
 *
 * @param lookAhead jobs tried behind the first that fits nowhere
 * @param invitations homes invited beside the own one
 * @param invitationInterval between two repetitions
 * @param invitationPause between two changes
 * @param enquiries hosts asked how they are before something is placed
 * @param enquiryPatience how long their answers are waited for
 * @param invitationAgeMax how long an invitation stands
 * @param placingMax how long what was placed may take to be counted by its host
 * @param visibleAfter how long what is under way may take to show in its target's report
 * @param movesUnderWay most automatic moves at once
 * @param backOff after a first failure
 * @param backOffMax after many
 * @param movePatience without news a move has failed
 * @param evacuationPatience for a place to be found
 * @param ledgerBytes size of the ledger's file
 * @param ledgerLines kept in memory
 * @param freeze when what runs here is frozen
 */
public record ScheduleSettings(
    int lookAhead,
    int invitations,
    Duration invitationInterval,
    Duration invitationPause,
    int enquiries,
    Duration enquiryPatience,
    Duration invitationAgeMax,
    Duration placingMax,
    Duration visibleAfter,
    int movesUnderWay,
    Duration backOff,
    Duration backOffMax,
    Duration movePatience,
    Duration evacuationPatience,
    long ledgerBytes,
    int ledgerLines,
    FreezeRules freeze) {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final double LOAD_MOST = 10_000;

  /** Reads the section; what is wrong goes to its problems. */
  public static ScheduleSettings read(Section section) {
    ScheduleSettings settings =
        new ScheduleSettings(
            section.whole("look-ahead", 0, 10_000),
            section.whole("invitations", 0, 64),
            section.duration("invitation-interval", Duration.ofMillis(100), MINUTE),
            section.duration("invitation-pause", Duration.ZERO, Duration.ofSeconds(10)),
            section.whole("enquiries", 0, 256),
            section.duration("enquiry-patience", Duration.ofMillis(1), Duration.ofSeconds(1)),
            section.duration("invitation-age-max", Duration.ofSeconds(1), Duration.ofMinutes(10)),
            section.duration("placing-max", Duration.ofMillis(100), Duration.ofMinutes(5)),
            section.duration("visible-after", Duration.ofMillis(50), MINUTE),
            section.whole("moves-under-way", 1, 1_000),
            section.duration("back-off", Duration.ofMillis(100), HOUR),
            section.duration("back-off-max", Duration.ofMillis(100), HOUR),
            section.duration("move-patience", Duration.ofSeconds(1), Duration.ofHours(24)),
            section.duration("evacuation-patience", Duration.ZERO, HOUR),
            section.bytes("ledger-bytes", 64 << 10, 1 << 30),
            section.whole("ledger-lines", 10, 100_000),
            freeze(section.in("freeze")));
    if (settings.invitationAgeMax.compareTo(settings.invitationInterval.multipliedBy(2)) < 0) {
      section.refuse(
          section.isSet("invitation-age-max") ? "invitation-age-max" : "invitation-interval",
          "an invitation would lapse before it is repeated",
          "make invitation-age-max at least twice the interval");
    }
    return settings;
  }

  private static FreezeRules freeze(Section section) {
    double above = section.number("above-load", 0, LOAD_MOST);
    double below = section.number("below-load", 0, LOAD_MOST);
    if (above > 0 && below >= above) {
      section.refuse(
          section.isSet("below-load") ? "below-load" : "above-load",
          "freeze.below-load = " + below + " must be lower than freeze.above-load = " + above,
          "with a gap of two processes what is frozen stays so until there is room for it");
      return FreezeRules.NEVER;
    }
    return new FreezeRules(
        above,
        below,
        section.whole("keep-running", 0, 100_000),
        section.whole("least-priority", 0, 1_000_000),
        section.duration("pause", Duration.ofMillis(100), HOUR).toMillis(),
        section.flag("for-memory")
            ? section.duration("memory-patience", Duration.ofSeconds(1), HOUR).toMillis()
            : 0);
  }
}
