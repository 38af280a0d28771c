package dev.mosey.node.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Samples a Linux machine: {@code loadavg} for the run queue, {@code meminfo}, {@code pressure/*},
 * and what control groups leave. Its files stay open; one sample costs a few hundred microseconds.
 * Not for several threads.
 */
public final class LinuxMachine implements Machine {
  private static final int LIMITS_EVERY = 30;
  private static final int ID_CHARACTERS = 12;

  private final Path processRoot;
  private final KernelFile loadAverage;
  private final KernelFile memory;
  private final KernelFile pressureCpu;
  private final KernelFile pressureMemory;
  private final KernelFile pressureIo;
  private final CgroupLimits limits;
  private final String id;
  private int cores;
  private int samples;

  /** This machine. */
  public LinuxMachine() {
    this(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
  }

  /** The machine that these two trees describe. */
  LinuxMachine(Path processRoot, Path cgroupRoot) {
    this.processRoot = processRoot;
    this.loadAverage = new KernelFile(processRoot.resolve("loadavg"));
    this.memory = new KernelFile(processRoot.resolve("meminfo"));
    this.pressureCpu = new KernelFile(processRoot.resolve("pressure/cpu"));
    this.pressureMemory = new KernelFile(processRoot.resolve("pressure/memory"));
    this.pressureIo = new KernelFile(processRoot.resolve("pressure/io"));
    this.limits = new CgroupLimits(processRoot, cgroupRoot);
    this.id = identify();
    this.cores = countCores();
  }

  /** This machine's name as the kernel has it; {@code localhost} when it can't be read. */
  public static String hostName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException unreadable) {
      return "localhost";
    }
  }

  @Override
  public Sample sample() {
    if (++samples % LIMITS_EVERY == 0) {
      limits.read();
      cores = countCores();
    }
    String average = loadAverage.read();
    String memoryText = memory.read();
    double cpu = Words.pressure(pressureCpu.read());
    double memoryPressure = Words.pressure(pressureMemory.read());
    double io = Words.pressure(pressureIo.read());
    List<String> unread = new ArrayList<>();
    for (KernelFile file : List.of(loadAverage, memory, pressureCpu, pressureMemory, pressureIo)) {
      if (file.failure() != null) {
        unread.add(file.failure());
      }
    }
    long total = memoryText == null ? 0 : kibToMib(Words.after(memoryText, "MemTotal:"));
    long free = memoryText == null ? 0 : kibToMib(Words.after(memoryText, "MemAvailable:"));
    if (limits.memoryMb() > 0 && (total == 0 || limits.memoryMb() < total)) {
      total = limits.memoryMb();
      long left = limits.memoryFreeMb();
      free = left < 0 ? Math.min(free, total) : Math.min(free, left);
    }
    return new Sample(
        running(average),
        cores,
        limits.cores() < cores ? limits.cores() : 0,
        total,
        free,
        memoryText == null ? 0 : kibToMib(Words.after(memoryText, "SwapTotal:")),
        memoryText == null ? 0 : kibToMib(Words.after(memoryText, "SwapFree:")),
        cpu,
        memoryPressure,
        io,
        id,
        unread);
  }

  /** {@code 0.20 0.18 0.12 3/80 11206}: three run or could, and this thread is one of them. */
  private static int running(String text) {
    if (text == null) {
      return 0;
    }
    String[] words = text.split(" ");
    int slash = words.length > 3 ? words[3].indexOf('/') : -1;
    return slash < 0 ? 0 : (int) Math.max(0, Words.number(words[3].substring(0, slash)) - 1);
  }

  private static long kibToMib(long kib) {
    return Math.max(0, kib) / 1024;
  }

  private int countCores() {
    try (var lines = Files.lines(processRoot.resolve("stat"), StandardCharsets.US_ASCII)) {
      long found = lines.filter(line -> line.matches("cpu\\d+ .*")).count();
      if (found > 0) {
        return (int) found;
      }
    } catch (IOException | RuntimeException unreadable) {
      // Then the virtual machine's word has to do.
    }
    return Runtime.getRuntime().availableProcessors();
  }

  /** The kernel's life, hashed: nodes of one machine recognise each other, others learn nothing. */
  private String identify() {
    try {
      byte[] boot = Files.readAllBytes(processRoot.resolve("sys/kernel/random/boot_id"));
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(boot);
      return HexFormat.of().formatHex(hash).substring(0, ID_CHARACTERS);
    } catch (IOException unreadable) {
      return null;
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JDK has SHA-256", missing);
    }
  }

  @Override
  public void close() {
    List.of(loadAverage, memory, pressureCpu, pressureMemory, pressureIo)
        .forEach(KernelFile::close);
    limits.close();
  }
}
