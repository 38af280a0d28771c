package dev.mosey.node.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxMachineTest {
  @TempDir private Path root;
  private Path proc;
  private Path cgroup;

  @BeforeEach
  void aMachineOfFourCores() throws IOException {
    proc = root.resolve("proc");
    cgroup = root.resolve("cgroup");
    write(proc, "loadavg", "0.20 0.18 0.12 7/80 11206\n");
    write(
        proc,
        "meminfo",
        """
        MemTotal:  8388608 kB
        MemFree: 10 kB
        MemAvailable: 4194304 kB
        SwapCached: 9 kB
        SwapTotal: 2097152 kB
        SwapFree: 1048576 kB
        """);
    for (String resource : new String[] {"cpu", "memory", "io"}) {
      write(
          proc,
          "pressure/" + resource,
          "some avg10=12.50 avg60=1.00 avg300=0.00 total=1\nfull avg10=9.00 avg60=0 total=2\n");
    }
    write(proc, "stat", "cpu  1 2 3\ncpu0 1 2\ncpu1 1 2\ncpu2 1 2\ncpu3 1 2\nintr 5\n");
    write(proc, "sys/kernel/random/boot_id", "b7f0\n");
    write(proc, "self/cgroup", "0::/\n");
    Files.createDirectories(cgroup);
  }

  private static void write(Path base, String name, String text) throws IOException {
    Path file = base.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private Machine.Sample sample() {
    try (LinuxMachine machine = new LinuxMachine(proc, cgroup)) {
      return machine.sample();
    }
  }

  @Test
  void readsWhatTheKernelSays() {
    Machine.Sample sample = sample();
    assertThat(sample.runnable()).as("without the sampling thread").isEqualTo(6);
    assertThat(sample.cores()).isEqualTo(4);
    assertThat(sample.limitCores()).isZero();
    assertThat(sample.memoryTotalMb()).isEqualTo(8_192);
    assertThat(sample.memoryFreeMb()).isEqualTo(4_096);
    assertThat(sample.swapTotalMb()).isEqualTo(2_048);
    assertThat(sample.swapFreeMb()).isEqualTo(1_024);
    assertThat(sample.pressureCpu()).isEqualTo(12.5);
    assertThat(sample.id()).hasSize(12);
    assertThat(sample.unread()).isEmpty();
  }

  @Test
  void readsTheSameFilesAgainWithTheirNewContent() throws IOException {
    try (LinuxMachine machine = new LinuxMachine(proc, cgroup)) {
      machine.sample();
      write(proc, "loadavg", "0.20 0.18 0.12 3/80 11206\n");
      assertThat(machine.sample().runnable()).isEqualTo(2);
    }
  }

  @Test
  void saysWhatItCouldNotReadAndGoesOn() throws IOException {
    Files.delete(proc.resolve("pressure/io"));
    Files.delete(proc.resolve("loadavg"));
    Machine.Sample sample = sample();
    assertThat(sample.unread())
        .containsExactly(
            proc.resolve("loadavg") + ": does not exist",
            proc.resolve("pressure/io") + ": does not exist");
    assertThat(sample.runnable()).isZero();
    assertThat(sample.pressureIo()).isEqualTo(-1);
    assertThat(sample.memoryTotalMb()).isEqualTo(8_192);
  }

  @Test
  void honoursLimitsOfGroupsOfVersionTwoUpToTheRoot() throws IOException {
    write(proc, "self/cgroup", "0::/a/b\n");
    write(cgroup, "a/cpu.max", "150000 100000\n");
    write(cgroup, "a/b/cpu.max", "max 100000\n");
    write(cgroup, "a/b/memory.max", "1073741824\n");
    write(cgroup, "a/b/memory.current", "943718400\n");
    write(cgroup, "a/b/memory.stat", "anon 5\ninactive_file 104857600\nactive_file 9\n");
    Machine.Sample sample = sample();
    assertThat(sample.limitCores()).isEqualTo(1.5);
    assertThat(sample.memoryTotalMb()).isEqualTo(1_024);
    assertThat(sample.memoryFreeMb()).as("1,024 - 900 + 100 of cache").isEqualTo(224);
  }

  @Test
  void honoursASetOfCores() throws IOException {
    write(proc, "self/cgroup", "0::/\n");
    write(cgroup, "cpuset.cpus.effective", "0-1,3\n");
    assertThat(sample().limitCores()).isEqualTo(3);
    write(cgroup, "cpuset.cpus.effective", "0-3\n");
    assertThat(sample().limitCores()).as("all of them are no limit").isZero();
  }

  @Test
  void honoursLimitsOfGroupsOfVersionOne() throws IOException {
    write(proc, "self/cgroup", "4:memory:/jobs\n2:cpu,cpuacct:/jobs\n1:cpuset:/jobs\n0::/\n");
    write(cgroup, "cpu,cpuacct/jobs/cpu.cfs_quota_us", "200000\n");
    write(cgroup, "cpu,cpuacct/jobs/cpu.cfs_period_us", "100000\n");
    write(cgroup, "cpuset/jobs/cpuset.effective_cpus", "0-2\n");
    write(cgroup, "memory/jobs/memory.limit_in_bytes", "2147483648\n");
    write(cgroup, "memory/jobs/memory.usage_in_bytes", "1073741824\n");
    write(cgroup, "memory/jobs/memory.stat", "total_inactive_file 0\n");
    write(cgroup, "memory/memory.limit_in_bytes", "9223372036854771712\n");
    Machine.Sample sample = sample();
    assertThat(sample.limitCores()).isEqualTo(2);
    assertThat(sample.memoryTotalMb()).isEqualTo(2_048);
    assertThat(sample.memoryFreeMb()).isEqualTo(1_024);
  }

  @Test
  void findsTheGroupWhereTheContainerHidesItsOwnPath() throws IOException {
    write(proc, "self/cgroup", "4:memory:/docker/4711\n0::/docker/4711\n");
    write(cgroup, "memory/memory.limit_in_bytes", "1073741824\n");
    assertThat(sample().memoryTotalMb()).isEqualTo(1_024);
  }

  /** One sample a second must cost less than 0.5 % of a core: 5 ms. */
  @Test
  void samplingTheRealMachineCostsNextToNothing() {
    try (LinuxMachine machine = new LinuxMachine()) {
      for (int i = 0; i < 200; i++) {
        machine.sample();
      }
      var threads = ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadCpuTime();
      for (int i = 0; i < 300; i++) {
        machine.sample();
      }
      double millis = (threads.getCurrentThreadCpuTime() - before) / 300.0 / 1e6;
      assertThat(millis).isLessThan(5);
      assertThat(machine.sample().memoryTotalMb()).isPositive();
    }
  }
}
