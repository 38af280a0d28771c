package dev.mosey.protocol.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.mosey.protocol.id.NodeName;
import java.util.List;

/**
 * What a person asked for, complete and checked; it never changes after the submit. Whatever is
 * large is a {@link Blob}.
 *
 * @param kind kind of body
 * @param name the job's name, shown in lists; may be empty
 * @param user who asked
 * @param command program and arguments; for a java program its arguments
 * @param cwd working directory, absolute
 * @param resources what one task needs
 * @param priority lower = sooner; 0 is urgent, 50 usual
 * @param array indices, or null for one task
 * @param entries one line per task ({@code --each-line}), or null
 * @param env the environment as a JSON object, or null for an empty one
 * @param stdin what is read on standard input, or null for nothing
 * @param stdoutFile where the home copies standard output to at the end, or null
 * @param stderrFile the same for standard error
 * @param timeLimitMillis 0 = none
 * @param graceMillis between SIGTERM and SIGKILL
 * @param leaseMillis how long a host may run it without hearing from its home
 * @param retries how often it may fail by itself and be run again
 * @param move how it may move
 * @param nodeLoss what becomes of it when its host is lost
 * @param lock the balancer leaves it where it is
 * @param on only on these nodes; empty = any
 * @param not never on these nodes
 * @param after dependencies; all must hold
 * @param beginMillis not before this time (epoch milliseconds); 0 = at once
 * @param jar the program's jar, or null
 * @param className the program's class in it, or null
 * @param checkpointMillis how often it is to be checkpointed while it runs; 0 = a command not at
 *     all, a java program as often as it pays
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record JobSpec(
    Kind kind,
    String name,
    String user,
    List<String> command,
    String cwd,
    Resources resources,
    int priority,
    ArraySpec array,
    Blob entries,
    Blob env,
    Blob stdin,
    String stdoutFile,
    String stderrFile,
    long timeLimitMillis,
    long graceMillis,
    long leaseMillis,
    int retries,
    MoveMode move,
    NodeLoss nodeLoss,
    boolean lock,
    List<NodeName> on,
    List<NodeName> not,
    List<After> after,
    long beginMillis,
    Blob jar,
    String className,
    long checkpointMillis) {

  /** Absent lists and maps become empty ones, so that readers need no null checks. */
  public JobSpec {
    name = name == null ? "" : name;
    command = command == null ? List.of() : List.copyOf(command);
    resources = resources == null ? Resources.NONE : resources;
    on = on == null ? List.of() : List.copyOf(on);
    not = not == null ? List.of() : List.copyOf(not);
    after = after == null ? List.of() : List.copyOf(after);
  }

  /** One whose user asks for no checkpoints. */
  public JobSpec(
      Kind kind,
      String name,
      String user,
      List<String> command,
      String cwd,
      Resources resources,
      int priority,
      ArraySpec array,
      Blob entries,
      Blob env,
      Blob stdin,
      String stdoutFile,
      String stderrFile,
      long timeLimitMillis,
      long graceMillis,
      long leaseMillis,
      int retries,
      MoveMode move,
      NodeLoss nodeLoss,
      boolean lock,
      List<NodeName> on,
      List<NodeName> not,
      List<After> after,
      long beginMillis,
      Blob jar,
      String className) {
    this(
        kind,
        name,
        user,
        command,
        cwd,
        resources,
        priority,
        array,
        entries,
        env,
        stdin,
        stdoutFile,
        stderrFile,
        timeLimitMillis,
        graceMillis,
        leaseMillis,
        retries,
        move,
        nodeLoss,
        lock,
        on,
        not,
        after,
        beginMillis,
        jar,
        className,
        0);
  }

  /** How many tasks the job has. */
  public int tasks() {
    return array == null ? 1 : array.size();
  }

  /**
   * Whether a repeated submit may be taken for this one: alike but for the environment, which is
   * another in every shell, and the time to begin, which may be relative.
   */
  public boolean asksTheSameAs(JobSpec other) {
    return equals(
        new JobSpec(
            other.kind,
            other.name,
            other.user,
            other.command,
            other.cwd,
            other.resources,
            other.priority,
            other.array,
            other.entries,
            env,
            other.stdin,
            other.stdoutFile,
            other.stderrFile,
            other.timeLimitMillis,
            other.graceMillis,
            other.leaseMillis,
            other.retries,
            other.move,
            other.nodeLoss,
            other.lock,
            other.on,
            other.not,
            other.after,
            beginMillis,
            other.jar,
            other.className,
            other.checkpointMillis));
  }

  /** Whether whoever submitted it lets it run on this node. */
  public boolean mayRunOn(NodeName node) {
    return (on.isEmpty() || on.contains(node)) && !not.contains(node);
  }

  /** Whether what a lost host ran is run again. */
  public boolean restartsWhenLost() {
    return nodeLoss == NodeLoss.RESTART;
  }
}
