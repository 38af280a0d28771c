package dev.mosey.protocol.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.mosey.protocol.job.Blob;
import java.util.List;
import java.util.Map;

/**
 * What a tool sends to submit: the same names as in {@link JobView}. Everything but {@code command}
 * (or {@code jar} with {@code class_name}) may be absent.
 *
 * @param command program and arguments
 * @param kind {@code command} or {@code java}; absent: java when a jar is given
 * @param name at most 200 characters
 * @param user label of the submitter; absent: the owner of the key
 * @param priority 0 to 1000000, lower = sooner; 50 when absent
 * @param resources by name; cores 1 when absent
 * @param array {@code FIRST-LAST[:STEP][%MAX]}
 * @param entries one line per task ({@code --each-line})
 * @param env environment, kept once per job and never listed
 * @param cwd absolute working directory
 * @param stdin content of standard input, uploaded before
 * @param stdoutFile absolute path at the home to which standard output is copied at the end
 * @param stderrFile the same for standard error
 * @param timeLimitSeconds 0 or absent = none
 * @param graceSeconds between SIGTERM and SIGKILL; 30 when absent
 * @param leaseSeconds absent: 10 for what resumes cheaply, 600 for the rest
 * @param retries how often a failing task is run again
 * @param move {@code auto never restart checkpoint live}
 * @param nodeLoss {@code restart} or {@code fail}
 * @param lock leave it where it is
 * @param on only on these nodes
 * @param not never on these nodes
 * @param after ids on which it waits until they have ended well
 * @param afterAny ids on which it waits until they have ended
 * @param afterEach id of an array, element by element
 * @param begin not before: ISO-8601, or {@code +SECONDS}
 * @param hold wait until released
 * @param jar the program's jar, uploaded before
 * @param className the program's class
 * @param checkpointSeconds how often it is to be checkpointed while it runs; absent = a command not
 *     at all, a java program as often as it pays
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SubmitRequest(
    List<String> command,
    String kind,
    String name,
    String user,
    Integer priority,
    Map<String, Double> resources,
    String array,
    List<String> entries,
    Map<String, String> env,
    String cwd,
    Blob stdin,
    String stdoutFile,
    String stderrFile,
    Double timeLimitSeconds,
    Double graceSeconds,
    Double leaseSeconds,
    Integer retries,
    String move,
    String nodeLoss,
    Boolean lock,
    List<String> on,
    List<String> not,
    List<String> after,
    List<String> afterAny,
    String afterEach,
    String begin,
    Boolean hold,
    Blob jar,
    String className,
    Double checkpointSeconds) {}
