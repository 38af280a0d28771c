package dev.mosey.protocol.load;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.job.Resources;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one node says of itself, as it spreads by gossip.
 *
 * @param host the node in its present session
 * @param seq grows with every report of this session; the higher one is fresher
 * @param ageMillis how old it was when sent on; each holder adds the time it kept it
 * @param load exported load: runnable work over (cores x speed); 1.0 = every core is busy once
 * @param speed relative to the standard core; 1.0 = standard
 * @param cores that may be used (limits of a container counted)
 * @param slots how many processes it would run at most
 * @param running how many run there now, reservations included
 * @param free resources not reserved
 * @param memoryTotalMb of the machine or container
 * @param memoryFreeMb available now
 * @param pressureCpu PSI some avg10 in percent, or -1 when it can't be read
 * @param pressureMemory the same for memory
 * @param pressureIo the same for io
 * @param mode {@code open}, {@code blocked}, {@code draining}; anything else is treated as blocked
 * @param waiting tasks waiting at this node's home
 * @param headPriority priority of the best of them; 0 when none waits
 * @param headAgeMillis how long the best of them has waited
 * @param machine which kernel it runs on: nodes of one machine say the same word; null unknown
 * @param foreign the part of {@code load} that is other people's work: the same for all nodes of
 *     one machine, so that between them it must not count
 * @param swapTotalMb swap of the machine; 0 = none, or not known
 * @param swapFreeMb how much of it is free
 */
public record LoadReport(
    HostId host,
    long seq,
    long ageMillis,
    double load,
    double speed,
    int cores,
    int slots,
    int running,
    Resources free,
    long memoryTotalMb,
    long memoryFreeMb,
    double pressureCpu,
    double pressureMemory,
    double pressureIo,
    String mode,
    long waiting,
    int headPriority,
    long headAgeMillis,
    String machine,
    double foreign,
    long swapTotalMb,
    long swapFreeMb) {
  /** Of a machine without swap. */
  public LoadReport(
      HostId host,
      long seq,
      long ageMillis,
      double load,
      double speed,
      int cores,
      int slots,
      int running,
      Resources free,
      long memoryTotalMb,
      long memoryFreeMb,
      double pressureCpu,
      double pressureMemory,
      double pressureIo,
      String mode,
      long waiting,
      int headPriority,
      long headAgeMillis,
      String machine,
      double foreign) {
    this(
        host,
        seq,
        ageMillis,
        load,
        speed,
        cores,
        slots,
        running,
        free,
        memoryTotalMb,
        memoryFreeMb,
        pressureCpu,
        pressureMemory,
        pressureIo,
        mode,
        waiting,
        headPriority,
        headAgeMillis,
        machine,
        foreign,
        0,
        0);
  }

  /** PSI some avg10 in percent by {@code cpu memory io}, without what can't be read. */
  public Map<String, Double> pressure() {
    Map<String, Double> known = new LinkedHashMap<>();
    putKnown(known, "cpu", pressureCpu);
    putKnown(known, "memory", pressureMemory);
    putKnown(known, "io", pressureIo);
    return known;
  }

  private static void putKnown(Map<String, Double> known, String name, double value) {
    if (value >= 0) {
      known.put(name, value);
    }
  }

  /** Whether it takes guests. */
  public boolean open() {
    return "open".equals(mode);
  }

  /** The same report, so much older. */
  public LoadReport aged(long millis) {
    return with(ageMillis + millis, load, running, free);
  }

  /** The same with what has come and gone since it was made. */
  public LoadReport counting(double loadNow, int runningNow, Resources freeNow) {
    return with(ageMillis, loadNow, runningNow, freeNow);
  }

  private LoadReport with(long ageMillis, double load, int running, Resources free) {
    return new LoadReport(
        host,
        seq,
        ageMillis,
        load,
        speed,
        cores,
        slots,
        running,
        free,
        memoryTotalMb,
        memoryFreeMb,
        pressureCpu,
        pressureMemory,
        pressureIo,
        mode,
        waiting,
        headPriority,
        headAgeMillis,
        machine,
        foreign,
        swapTotalMb,
        swapFreeMb);
  }
}
