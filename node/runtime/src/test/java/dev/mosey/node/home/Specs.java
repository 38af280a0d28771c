package dev.mosey.node.home;

import dev.mosey.protocol.job.After;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.JobSpec;
import java.util.List;

/** Specifications that differ in one thing from another. */
final class Specs {
  private Specs() {}

  static JobSpec withFiles(JobSpec spec, String stdoutFile, String stderrFile) {
    return changed(spec, spec.priority(), spec.user(), stdoutFile, stderrFile);
  }

  static JobSpec withPriority(JobSpec spec, int priority) {
    return changed(spec, priority, spec.user(), spec.stdoutFile(), spec.stderrFile());
  }

  static JobSpec withUser(JobSpec spec, String user) {
    return changed(spec, spec.priority(), user, spec.stdoutFile(), spec.stderrFile());
  }

  static JobSpec withEntries(JobSpec spec, Blob entries) {
    return changed(spec, spec.priority(), spec.user(), null, null, entries, spec.after());
  }

  static JobSpec withAfter(JobSpec spec, After after) {
    return changed(spec, spec.priority(), spec.user(), null, null, spec.entries(), List.of(after));
  }

  private static JobSpec changed(
      JobSpec spec, int priority, String user, String stdoutFile, String stderrFile) {
    return changed(spec, priority, user, stdoutFile, stderrFile, spec.entries(), spec.after());
  }

  private static JobSpec changed(
      JobSpec spec,
      int priority,
      String user,
      String stdoutFile,
      String stderrFile,
      Blob entries,
      List<After> after) {
    return new JobSpec(
        spec.kind(),
        spec.name(),
        user,
        spec.command(),
        spec.cwd(),
        spec.resources(),
        priority,
        spec.array(),
        entries,
        spec.env(),
        spec.stdin(),
        stdoutFile,
        stderrFile,
        spec.timeLimitMillis(),
        spec.graceMillis(),
        spec.leaseMillis(),
        spec.retries(),
        spec.move(),
        spec.nodeLoss(),
        spec.lock(),
        spec.on(),
        spec.not(),
        after,
        spec.beginMillis(),
        spec.jar(),
        spec.className());
  }
}
