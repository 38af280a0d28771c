package dev.mosey.node.config;

import dev.mosey.node.store.SharedSettings;
import dev.mosey.policy.books.BooksLimits;
import dev.mosey.policy.books.HostTrust;
import dev.mosey.policy.guests.GuestsSettings;
import dev.mosey.policy.lease.LeaseRules;
import java.time.Duration;

/**
 * The figures of the pure decisions: {@code mosd.lease}, {@code mosd.books} and {@code mosd.guests}
 * in {@code reference.conf}.
 *
 * @param lease how long leases are waited for
 * @param books bounds of the books
 * @param guests bounds and times of a host
 */
public record PolicySettings(LeaseRules lease, BooksLimits books, GuestsSettings guests) {
  private static final int MANY = 10_000_000;
  private static final double DRIFT_MOST = 0.1;
  private static final int COMMAND_MOST = 44 * 1024;
  private static final int ORDERS_MOST = 60 * 1024;
  private static final int REPORT_GUESTS_MOST = 400;

  static PolicySettings read(Section mosd) {
    return new PolicySettings(
        lease(mosd.in("lease"), SharedSettings.isShared(mosd.in("store"))),
        books(mosd.in("books")),
        guests(mosd.in("guests")));
  }

  private static LeaseRules lease(Section section, boolean booksMayGo) {
    return new LeaseRules(
        section.number("drift", 0, DRIFT_MOST), millis(section, "margin", 0), booksMayGo);
  }

  private static BooksLimits books(Section section) {
    return new BooksLimits(
        section.whole("jobs-max", 1, MANY),
        section.whole("tasks-max", 1, 10 * MANY),
        section.whole("array-max", 1, MANY),
        (int) section.bytes("command-bytes-max", 1024, COMMAND_MOST),
        section.whole("dependencies-max", 0, 1000),
        section.whole("keys-kept", 0, MANY),
        millis(section, "lease-default", 1000),
        millis(section, "lease-min", 1000),
        millis(section, "silent-after", 100),
        (int) section.bytes("orders-bytes-max", 4 * 1024, ORDERS_MOST),
        millis(section, "renew-pause", 0),
        millis(section, "refusal-memory", 0),
        millis(section, "wish-life", 100),
        section.whole("fetch-attempts", 1, 100),
        section.whole("poison-after", 0, 100),
        millis(section, "poison-memory", 0, 365),
        millis(section, "poison-together", 0),
        backup(section.in("backup")),
        retry(section.in("retry")),
        trust(section.in("exclude")));
  }

  private static BooksLimits.Backup backup(Section section) {
    return new BooksLimits.Backup(
        section.whole("jobs", 1, MANY), section.whole("attempts", 1, MANY));
  }

  private static BooksLimits.Retry retry(Section section) {
    return new BooksLimits.Retry(
        millis(section, "pause", 0),
        millis(section, "pause-max", 0),
        millis(section, "elsewhere", 0));
  }

  private static HostTrust.Rules trust(Section section) {
    return new HostTrust.Rules(
        section.whole("after", 0, 100),
        millis(section, "at-once", 0),
        millis(section, "memory", 100),
        millis(section, "pause", 100),
        millis(section, "pause-max", 100));
  }

  private static GuestsSettings guests(Section section) {
    return new GuestsSettings(
        millis(section, "offer-patience", 100),
        millis(section, "take-patience", 100),
        millis(section, "reservation", 100),
        millis(section, "report-interval", 50),
        millis(section, "linger", 0),
        millis(section, "checkpoint-before", 0),
        section.whole("sends-remembered", 16, MANY),
        section.whole("report-guests-max", 1, REPORT_GUESTS_MOST),
        millis(section, "ahead", 0),
        section.whole("ahead-max", 0, REPORT_GUESTS_MOST),
        millis(section, "ahead-patience", 50));
  }

  private static long millis(Section section, String key, long least) {
    return millis(section, key, least, 1);
  }

  private static long millis(Section section, String key, long least, int mostDays) {
    return section.duration(key, Duration.ofMillis(least), Duration.ofDays(mostDays)).toMillis();
  }
}
