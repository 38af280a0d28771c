package dev.mosey.node.host;

import dev.mosey.protocol.id.ProcessId;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes of a job's specification the command line and the environment of one of its tasks. */
final class CommandLine {
  /** Where programs are looked for when the environment does not say. */
  static final String PATH_DEFAULT = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private CommandLine() {}

  /** The command; {@code {}} in its arguments has become the entry, if there is one. */
  static List<String> of(BodyOrder order) {
    var command = order.spec().command();
    String entry = order.entry();
    if (entry == null) return command;
    return command.stream().map(word -> word.replace("{}", entry)).toList();
  }

  /** What the user gave along, and what Mosey says. */
  static Map<String, String> environment(BodyOrder order, String host, Path checkpoints) {
    var environment = new HashMap<>(order.environment());
    environment.putIfAbsent("PATH", PATH_DEFAULT);
    ProcessId id = order.id();
    environment.put("MOSEY_ID", id.toString());
    environment.put("MOSEY_JOB", id.jobId().toString());
    if (id.isElement()) environment.put("MOSEY_TASK", Integer.toString(id.task()));
    environment.put("MOSEY_HOME", id.home().toString());
    environment.put("MOSEY_HOST", host);
    environment.put("MOSEY_INCARNATION", Integer.toString(order.incarnation()));
    if (checkpoints != null) environment.put("MOSEY_CHECKPOINT_DIR", checkpoints.toString());
    if (order.entry() != null) environment.put("MOSEY_ENTRY", order.entry());
    return environment;
  }
}
