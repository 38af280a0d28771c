package dev.mosey.bench;

import dev.mosey.demo.DemoFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Slurm on loopback with a private munge daemon: one controller and so many nodes of one slot, told
 * to look for work at once. Needs root and the programs; everything is in one folder, and ends with
 * {@link #close}.
 */
final class Slurm {
  private static final List<String> PROGRAMS = List.of("munged", "slurmctld", "slurmd", "sbatch");
  private static final List<String> FOLDERS = List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin");
  private static final long PATIENCE_NANOS = 30_000_000_000L;
  private static final int KEY_BYTES = 1024;

  private final Path folder;
  private final List<Process> daemons = new ArrayList<>();

  private Slurm(Path folder) {
    this.folder = folder;
  }

  /** Why it can't be run here, in a few words; null when it can. */
  static String missing() {
    for (String program : PROGRAMS) {
      if (FOLDERS.stream().noneMatch(place -> Files.isExecutable(Path.of(place, program)))) {
        return program + " is not installed";
      }
    }
    return "root".equals(System.getProperty("user.name")) ? null : "it needs root";
  }

  /** Starts it; empty where it can't be run. */
  static Optional<Slurm> start(Path folder, int nodes) throws IOException {
    if (missing() != null) {
      return Optional.empty();
    }
    Slurm slurm = new Slurm(folder);
    try {
      slurm.up(nodes);
    } catch (IOException | RuntimeException failed) {
      slurm.close();
      throw failed;
    }
    return Optional.of(slurm);
  }

  private void up(int nodes) throws IOException {
    for (String name : List.of("munge", "state", "spool")) {
      Files.createDirectories(folder.resolve(name));
    }
    // Munge refuses what others could write; the state of a bench is not worth more.
    for (Path open = folder; open != null && open.startsWith("/tmp/"); open = open.getParent()) {
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    Path munge = folder.resolve("munge");
    Files.write(munge.resolve("key"), key);
    Files.setPosixFilePermissions(
        munge.resolve("key"), PosixFilePermissions.fromString("r--------"));
    Files.writeString(folder.resolve("slurm.conf"), settings(nodes));
    daemon(
        "munged",
        "munged",
        "-F",
        "-f",
        "--key-file=" + munge.resolve("key"),
        "--socket=" + munge.resolve("sock"),
        "--pid-file=" + munge.resolve("pid"),
        "--log-file=" + munge.resolve("log"),
        "--seed-file=" + munge.resolve("seed"));
    await("munged", () -> Files.exists(munge.resolve("sock")));
    daemon("slurmctld", "slurmctld", "-D", "-i");
    await("slurmctld", () -> say("scontrol", "ping").contains("is UP"));
    for (int node = 1; node <= nodes; node++) {
      Files.createDirectories(folder.resolve("spool/n" + node));
      daemon("slurmd-" + node, "slurmd", "-D", "-N", "n" + node);
    }
    await(
        "its nodes",
        () -> say("sinfo", "-h", "-N", "-o", "%t").lines().filter("idle"::equals).count() == nodes);
  }

  private String settings(int nodes) throws IOException {
    int port = freePorts(nodes + 1);
    return """
    ClusterName=bench
    SlurmctldHost=localhost(127.0.0.1)
    SlurmUser=root
    SlurmdUser=root
    AuthType=auth/munge
    AuthInfo=socket=%1$s/munge/sock,cred_expire=5
    CredType=cred/munge
    SlurmctldPort=%2$d
    StateSaveLocation=%1$s/state
    SlurmdSpoolDir=%1$s/spool/%%n
    SlurmctldPidFile=%1$s/ctld.pid
    SlurmdPidFile=%1$s/slurmd-%%n.pid
    SlurmctldLogFile=%1$s/ctld.log
    SlurmdLogFile=%1$s/slurmd-%%n.log
    ProctrackType=proctrack/linuxproc
    TaskPlugin=task/none
    SelectType=select/cons_tres
    SelectTypeParameters=CR_Core
    SchedulerType=sched/backfill
    SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1,bf_interval=1
    AccountingStorageType=accounting_storage/none
    JobAcctGatherType=jobacct_gather/none
    MpiDefault=none
    ReturnToService=2
    SlurmdParameters=config_overrides
    NodeName=n[1-%3$d] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[%4$d-%5$d] CPUs=1
    PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
    """
        .formatted(folder, port, nodes, port + 1, port + nodes);
  }

  /** The first of so many ports in a row that are free at this moment. */
  private static int freePorts(int count) throws IOException {
    for (int attempt = 0; attempt < 50; attempt++) {
      List<ServerSocket> sockets = new ArrayList<>();
      try {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        int first = sockets.getFirst().getLocalPort();
        for (int more = 1; more < count; more++) {
          sockets.add(new ServerSocket(first + more, 1, InetAddress.getLoopbackAddress()));
        }
        return first;
      } catch (IOException | IllegalArgumentException taken) {
        // The next row.
      } finally {
        for (ServerSocket socket : sockets) {
          socket.close();
        }
      }
    }
    throw new DemoFailure("no row of " + count + " free ports was found for Slurm");
  }

  /** Queues bodies of these lengths on its idle nodes and waits for the last. */
  double makespan(List<Double> seconds) throws IOException {
    Path bodies = Files.createTempDirectory(folder, "bodies-");
    Files.writeString(bodies.resolve("go"), "");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    long begin = System.nanoTime();
    for (int body = 0; body < seconds.size(); body++) {
      say(
          "sbatch",
          "-Q",
          "-o",
          "/dev/null",
          "--wrap",
          ("exec %s -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp %s %s %s body-%d %s"
                  + " $SLURMD_NODENAME")
              .formatted(
                  java,
                  System.getProperty("java.class.path"),
                  Share.class.getName(),
                  bodies,
                  body,
                  seconds.get(body)));
    }
    Path done = bodies.resolve("done");
    awaitFor(
        10 * PATIENCE_NANOS,
        "Slurm's bodies",
        () -> {
          String[] ended = done.toFile().list();
          return ended != null && ended.length == seconds.size();
        });
    return (System.nanoTime() - begin) / 1e9;
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(String what, Condition condition) throws IOException {
    awaitFor(PATIENCE_NANOS, what, condition);
  }

  private static void awaitFor(long nanos, String what, Condition condition) throws IOException {
    long deadline = System.nanoTime() + nanos;
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new DemoFailure("waited in vain for " + what);
      }
      Cluster.pause(50);
    }
  }

  private void daemon(String name, String... command) throws IOException {
    daemons.add(
        builder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".out").toFile())
            .start());
  }

  private String say(String... command) throws IOException {
    Process process = builder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private ProcessBuilder builder(String... command) {
    String program = command[0];
    command[0] =
        FOLDERS.stream()
            .map(place -> Path.of(place, program))
            .filter(Files::isExecutable)
            .findFirst()
            .map(Path::toString)
            .orElse(program);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.environment().putAll(Map.of("SLURM_CONF", folder.resolve("slurm.conf").toString()));
    return builder;
  }

  /** Ends its jobs and daemons, and what they have started. */
  void close() {
    try {
      say("scancel", "-u", "root");
    } catch (IOException gone) {
      System.err.println("bench: Slurm's jobs can't be cancelled: " + gone.getMessage());
    }
    for (Process daemon : daemons.reversed()) {
      List<ProcessHandle> below;
      try (Stream<ProcessHandle> descendants = daemon.descendants()) {
        below = descendants.toList();
      }
      daemon.destroy();
      try {
        if (!daemon.waitFor(5, TimeUnit.SECONDS)) {
          daemon.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        daemon.destroyForcibly();
      }
      below.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
