package dev.mosey.policy.books;

/**
 * What is known of books that come from a backup: they are older than the last that were written.
 * What they say to wait may run, and what they say to run somewhere may have been moved on; until
 * every lease that the lost books can have granted is over. And all numbers go on above what
 * anybody may remember of the lost books.
 *
 * @param jobsBelow jobs with lower numbers were in the backup; 0 when the books come from none
 * @param jobsFrom the lowest number of a job that was submitted since
 * @param leastIncarnation the lowest that such a job has been given since
 */
public record FromBackup(long jobsBelow, long jobsFrom, int leastIncarnation) {
  /** Not from a backup. */
  public static final FromBackup NOTHING = new FromBackup(0, 0, 0);

  /** Whether the books come from a backup at all. */
  boolean exists() {
    return jobsBelow > 0;
  }

  /** Whether the number is none that these books have given out. */
  boolean skipped(long job) {
    return job >= jobsBelow && job < jobsFrom;
  }

  /** Whether the job was in the backup. */
  boolean has(long job) {
    return job < jobsBelow;
  }

  /**
   * Whether only the backup says what became of this incarnation: the lost books may have given out
   * later ones.
   */
  boolean has(long job, int incarnation) {
    return has(job) && incarnation < leastIncarnation;
  }

  /** The incarnation that is to come after this one. */
  int next(long job, int incarnation) {
    return has(job) ? Math.max(leastIncarnation, incarnation + 1) : incarnation + 1;
  }
}
