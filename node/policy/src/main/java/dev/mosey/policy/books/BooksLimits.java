package dev.mosey.policy.books;

/**
 * The bounds of a home.
 *
 * @param jobsMax live jobs at most
 * @param tasksMax tasks that have not ended, over all jobs, at most
 * @param arrayMax tasks of one array at most
 * @param commandBytesMax length of program and arguments together at most
 * @param dependenciesMax dependencies of one job at most
 * @param keysKept how many idempotency keys are remembered; the oldest is forgotten first
 * @param leaseMillisDefault lease of a job that names none
 * @param leaseMillisMin shortest lease that may be asked for
 * @param silentMillis after so long without a report a host's tasks are shown as unknown
 * @param ordersBytesMax orders to one host are cut into messages of about this size at most
 * @param renewMillis a lease is not renewed again before so long, so that frequent reports cost
 *     little
 * @param refusalMillis how long a host that lacks a command or directory is avoided
 * @param wishMillis how long a signal or a wish to move is repeated to the host
 * @param fetchAttempts how often an image is fetched before it is given up
 * @param poisonAfter a task is held when so many different nodes were lost while it ran there; 0 =
 *     never
 * @param poisonMemoryMillis older losses are not held against it
 * @param poisonTogetherMillis losses of nodes no further apart than this may have one cause
 * @param backup how far numbers jump in books that come from a backup
 * @param retry how what has failed is tried again
 * @param trust when a host on which everything fails is left out
 */
public record BooksLimits(
    int jobsMax,
    int tasksMax,
    int arrayMax,
    int commandBytesMax,
    int dependenciesMax,
    int keysKept,
    long leaseMillisDefault,
    long leaseMillisMin,
    long silentMillis,
    int ordersBytesMax,
    long renewMillis,
    long refusalMillis,
    long wishMillis,
    int fetchAttempts,
    int poisonAfter,
    long poisonMemoryMillis,
    long poisonTogetherMillis,
    Backup backup,
    Retry retry,
    HostTrust.Rules trust) {
  /**
   * How far numbers jump in books that come from a backup: further than the lost books can have got
   * since.
   *
   * @param jobs above the highest number of a job
   * @param attempts above the highest incarnation
   */
  public record Backup(long jobs, int attempts) {}

  /**
   * How what has failed by itself is tried again.
   *
   * @param pauseMillis before the first time; doubled with each further failure
   * @param pauseMaxMillis to which it doubles
   * @param elsewhereMillis so long after the pause it waits for a node on which it has not failed
   */
  public record Retry(long pauseMillis, long pauseMaxMillis, long elsewhereMillis) {
    /** The pause after one more failure than these. */
    long restMillis(int failures) {
      int doublings = Math.min(failures, Long.numberOfLeadingZeros(pauseMillis) - 2);
      return Math.min(pauseMaxMillis, pauseMillis << Math.max(0, doublings));
    }
  }

  /** What {@code reference.conf} has as well. */
  public static final BooksLimits USUAL =
      new BooksLimits(
          200_000,
          1_000_000,
          100_000,
          32 * 1024,
          100,
          100_000,
          10_000,
          2_000,
          5_000,
          48 * 1024,
          500,
          600_000,
          5_000,
          5,
          2,
          86_400_000,
          300_000,
          new Backup(1_000_000, 1_000),
          new Retry(1_000, 300_000, 30_000),
          new HostTrust.Rules(5, 10_000, 600_000, 30_000, 1_800_000));
}
