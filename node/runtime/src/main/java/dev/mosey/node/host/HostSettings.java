package dev.mosey.node.host;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.mosey.program.worker.CheckpointPace;
import dev.mosey.protocol.job.JobSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Bounds of running processes: section {@code mosd.processes} of {@code host-reference.conf}, where
 * each is explained.
 *
 * @param nice how much lower than the daemon's the priority of bodies is
 * @param reportEvery how often each home hears what is here
 * @param reportPause least time between two reports to the same home
 * @param reportPauseBusy the same while others wait here for a slot
 * @param outputWindowBytes output of a process that may be on its way to its home
 * @param outputResend after so long without an answer a chunk is sent again
 * @param spoolBytesMax output of one process that is kept while its home is away
 * @param checkpointPoll how often it is looked for a committed checkpoint
 * @param checkpointBounds how large a checkpoint directory may be
 * @param imageInlineBytes images up to this size travel in the message itself
 * @param java how Java programs are run
 */
public record HostSettings(
    int nice,
    Duration reportEvery,
    Duration reportPause,
    Duration reportPauseBusy,
    int outputWindowBytes,
    Duration outputResend,
    long spoolBytesMax,
    Duration checkpointPoll,
    DirectoryImage.Bounds checkpointBounds,
    int imageInlineBytes,
    Java java) {
  /** Longest chunk of output in one message. */
  public static final int OUTPUT_CHUNK_BYTES = 32 * 1024;

  /**
   * How Java programs are run.
   *
   * @param command path of the java launcher; empty = that of this JVM
   * @param options further options of worker JVMs
   * @param idleWorkers pre-started worker JVMs kept once a Java program has been seen
   * @param checkpointEvery how often a checkpoint is taken at most; 0 = never
   * @param nodeLossMean how long a node runs on average between two losses: see {@link
   *     CheckpointPace}
   * @param trusted SHA-256 of the jars that may run inside the daemon
   * @param trustedDirectory directory with such jars; empty = none
   * @param inProcessThreads threads for them
   */
  public record Java(
      String command,
      List<String> options,
      int idleWorkers,
      Duration checkpointEvery,
      Duration nodeLossMean,
      Set<String> trusted,
      Path trustedDirectory,
      int inProcessThreads) {
    /** The shortest interval of a program's checkpoints; 0 = none. */
    long intervalMillis(JobSpec spec) {
      return spec.checkpointMillis() > 0 ? spec.checkpointMillis() : checkpointEvery.toMillis();
    }

    /** What its interval is adapted to; 0 where its user has asked for one. */
    long lossMillis(JobSpec spec) {
      return spec.checkpointMillis() > 0 ? 0 : nodeLossMean.toMillis();
    }

    CheckpointPace pace(JobSpec spec) {
      return new CheckpointPace(intervalMillis(spec), lossMillis(spec));
    }
  }

  /** Checks the ranges and reports all problems in one line. */
  public HostSettings {
    var problems = new ArrayList<String>();
    if (nice < 0 || nice > 19) problems.add("nice is " + nice + ", not 0 to 19");
    if (reportEvery.toMillis() < 50 || reportEvery.toMillis() > 10_000)
      problems.add("report-every is " + reportEvery + ", not 50 ms to 10 s");
    if (reportPause.compareTo(reportEvery) > 0 || reportPauseBusy.compareTo(reportEvery) > 0)
      problems.add("report-pause and report-pause-busy must not be longer than report-every");
    if (outputWindowBytes < 2 * OUTPUT_CHUNK_BYTES || outputWindowBytes > 16 << 20)
      problems.add("output.window is " + outputWindowBytes + ", not 64 KiB to 16 MiB");
    if (outputResend.toMillis() < 50)
      problems.add("output.resend is " + outputResend + ", less than 50 ms");
    if (spoolBytesMax < 0) problems.add("output.spool-max must not be negative");
    if (checkpointPoll.toMillis() < 10)
      problems.add("checkpoint.poll is " + checkpointPoll + ", less than 10 ms");
    if (imageInlineBytes < 0 || imageInlineBytes > 32 * 1024)
      problems.add("image-inline is " + imageInlineBytes + ", not 0 to 32 KiB");
    if (java.idleWorkers() < 0 || java.idleWorkers() > 64)
      problems.add("java.idle-workers is " + java.idleWorkers() + ", not 0 to 64");
    if (java.nodeLossMean().toMillis() < 1000)
      problems.add("java.node-loss-mean is " + java.nodeLossMean() + ", less than 1 s");
    if (java.inProcessThreads() < 1) problems.add("java.in-process-threads must be at least 1");
    if (!problems.isEmpty())
      throw new IllegalArgumentException("mosd.processes: " + String.join("; ", problems));
  }

  /** The defaults as shipped. */
  public static HostSettings defaults() {
    return from(ConfigFactory.empty());
  }

  /**
   * Reads {@code mosd.processes} and fills the rest with the defaults.
   *
   * @throws IllegalArgumentException with one line that names every problem
   */
  public static HostSettings from(Config config) {
    var defaults =
        ConfigFactory.parseResources(HostSettings.class.getClassLoader(), "host-reference.conf");
    var host = config.withFallback(defaults).resolve().getConfig("mosd.processes");
    var output = host.getConfig("output");
    var checkpoint = host.getConfig("checkpoint");
    var java = host.getConfig("java");
    String directory = java.getString("trusted-directory");
    return new HostSettings(
        host.getInt("nice"),
        host.getDuration("report-every"),
        host.getDuration("report-pause"),
        host.getDuration("report-pause-busy"),
        Math.toIntExact(output.getBytes("window")),
        output.getDuration("resend"),
        output.getBytes("spool-max"),
        checkpoint.getDuration("poll"),
        new DirectoryImage.Bounds(checkpoint.getInt("files-max"), checkpoint.getBytes("bytes-max")),
        Math.toIntExact(host.getBytes("image-inline")),
        new Java(
            java.getString("command"),
            List.copyOf(java.getStringList("options")),
            java.getInt("idle-workers"),
            java.getDuration("checkpoint-every"),
            java.getDuration("node-loss-mean"),
            Set.copyOf(java.getStringList("trusted")),
            directory.isEmpty() ? null : Path.of(directory),
            java.getInt("in-process-threads")));
  }
}
