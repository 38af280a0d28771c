package dev.mosey.node.home;

import dev.mosey.protocol.job.JobSpec;

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

  private static JobSpec changed(
      JobSpec spec, int priority, String user, String stdoutFile, String stderrFile) {
    return new JobSpec(
        spec.kind(),
        spec.name(),
        user,
        spec.command(),
        spec.cwd(),
        spec.resources(),
        priority,
        spec.array(),
        spec.entries(),
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
        spec.after(),
        spec.beginMillis(),
        spec.jar(),
        spec.className());
  }
}
