package dev.mosey.protocol.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.mosey.protocol.job.Exit;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A job or one of its tasks as users see it, in the command line's JSON and over HTTP alike. Field
 * names are stable; fields are only ever added. Absent means not known or not applicable.
 *
 * @param id {@code alpha.17}; an element {@code alpha.17.3}
 * @param job the job it belongs to; equals {@code id} for a whole job
 * @param task the array index of an element
 * @param name as given at submit
 * @param kind {@code command}, {@code java}
 * @param command program and arguments
 * @param state one of {@link State}
 * @param reason why it is in this state, in one line
 * @param user who submitted it
 * @param priority lower = sooner
 * @param resources what one task asks for
 * @param home where its books are
 * @param host where it runs now, or, once it has ended, where it ran last; absent while it waits
 * @param incarnation of the process; for an array absent
 * @param leaseSeconds how long its host may run it without hearing from its home
 * @param submitted when it was taken in
 * @param started when its present or last incarnation was placed
 * @param ended when it ended
 * @param exit how it ended
 * @param restarts how often it was started again after a loss or failure
 * @param cpuSeconds processor time used
 * @param rssBytes resident memory now
 * @param move {@code never restart checkpoint live}
 * @param moves every move so far
 * @param array the indices of an array, as at submit
 * @param tasks number of tasks by state, for a job of several
 * @param progress what the program says of itself
 * @param cwd working directory
 * @param className the class of a java program
 * @param note what went wrong after its end, in one line: its output could not be copied
 * @param frozen by whom it was frozen: {@code hand}, {@code load} or {@code memory}
 * @param checkpoint the newest of it that is kept at its home
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record JobView(
    String id,
    String job,
    Integer task,
    String name,
    String kind,
    List<String> command,
    String state,
    String reason,
    String user,
    Integer priority,
    Map<String, Double> resources,
    String home,
    String host,
    Integer incarnation,
    Double leaseSeconds,
    Instant submitted,
    Instant started,
    Instant ended,
    Exit exit,
    Integer restarts,
    Double cpuSeconds,
    Long rssBytes,
    String move,
    List<MoveView> moves,
    String array,
    Map<String, Long> tasks,
    String progress,
    String cwd,
    String className,
    String note,
    String frozen,
    Checkpoint checkpoint) {

  /**
   * A checkpoint.
   *
   * @param taken when
   * @param bytes its size
   */
  public record Checkpoint(Instant taken, long bytes) {}

  /** The same with a note. */
  public JobView noted(String line) {
    return new JobView(
        id,
        job,
        task,
        name,
        kind,
        command,
        state,
        reason,
        user,
        priority,
        resources,
        home,
        host,
        incarnation,
        leaseSeconds,
        submitted,
        started,
        ended,
        exit,
        restarts,
        cpuSeconds,
        rssBytes,
        move,
        moves,
        array,
        tasks,
        progress,
        cwd,
        className,
        line,
        frozen,
        checkpoint);
  }

  /** The states of a process, as the {@code state} field has them in lower case. */
  public enum State {
    /** In the queue. */
    WAITING,
    /** In the queue until released. */
    HELD,
    /** Given to a host, whose word that it runs is not here yet. */
    STARTING,
    /** Running. */
    RUNNING,
    /** Between two hosts. */
    MOVING,
    /** Stopped on purpose. */
    FROZEN,
    /** Ended with 0. */
    DONE,
    /** Ended otherwise. */
    FAILED,
    /** Ended by the user's wish. */
    CANCELLED,
    /** Its host was lost, and it must not run twice. */
    LOST,
    /** Its host or home does not answer. */
    UNKNOWN;

    /** The word in JSON and tables. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether it will not change any more. */
    public boolean isEnd() {
      return this == DONE || this == FAILED || this == CANCELLED || this == LOST;
    }
  }
}
