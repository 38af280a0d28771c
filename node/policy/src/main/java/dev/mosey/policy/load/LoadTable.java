package dev.mosey.policy.load;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * What one node knows of the loads of all: the freshest report of each node, bounded and packed in
 * arrays (about 200 bytes a node). Times are the reader's monotonic milliseconds; a report's age is
 * the age it came with plus the time it was kept. Not for several threads.
 */
public final class LoadTable {
  private static final int FIRST_ROWS = 16;

  private final int capacity;
  private final int urgentRepeats;
  private final NameIndex index = new NameIndex();
  private int size;

  private HostId[] hosts = new HostId[FIRST_ROWS];
  private Resources[] free = new Resources[FIRST_ROWS];
  private String[] modes = new String[FIRST_ROWS];
  private String[] machines = new String[FIRST_ROWS];
  private byte[] urgent = new byte[FIRST_ROWS];

  /** When each was taken; a column of its own, since every window looks at all of them. */
  private long[] sampled = new long[FIRST_ROWS];

  /** Scratch of {@link #window}: urgency and age above, row below, so that one number orders. */
  private long[] order = new long[FIRST_ROWS];

  /** Columns of whole numbers, one after the other in each row. */
  private long[] longs = new long[FIRST_ROWS * LONGS];

  private double[] doubles = new double[FIRST_ROWS * DOUBLES];

  private static final int SESSION = 0;
  private static final int SEQ = 1;
  private static final int KNOWN = 2;
  private static final int CORES_AND_SLOTS = 3;
  private static final int RUNNING_AND_PRIORITY = 4;
  private static final int MEMORY_TOTAL = 5;
  private static final int MEMORY_FREE = 6;
  private static final int WAITING = 7;
  private static final int HEAD_AGE = 8;
  private static final int SWAP = 9;
  private static final int LONGS = 10;

  private static final int LOAD = 0;
  private static final int SPEED = 1;
  private static final int PRESSURE_CPU = 2;
  private static final int PRESSURE_MEMORY = 3;
  private static final int PRESSURE_IO = 4;
  private static final int FOREIGN = 5;
  private static final int DOUBLES = 6;

  /**
   * An empty table.
   *
   * @param capacity most nodes it holds, 1 or more; beyond it the one heard of longest ago gives
   *     way
   * @param urgentRepeats how often a report that changed its mode goes before fresher ones, 0-127
   */
  public LoadTable(int capacity, int urgentRepeats) {
    if (capacity < 1 || urgentRepeats < 0 || urgentRepeats > Byte.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a table of loads needs capacity >= 1 and repeats in 0-127, was "
              + capacity
              + " and "
              + urgentRepeats);
    }
    this.capacity = capacity;
    this.urgentRepeats = urgentRepeats;
  }

  /** How many nodes it knows. */
  public int size() {
    return size;
  }

  /**
   * Takes a report unless it knows a fresher one: a later session wins, then the higher number.
   *
   * @return whether it was news
   */
  public boolean merge(LoadReport report, long nowMillis) {
    int row = index.find(report.host().node());
    if (row < 0) {
      row = newRow(report, nowMillis);
      if (row < 0) {
        return false;
      }
      longs[row * LONGS + KNOWN] = nowMillis;
    } else if (!fresher(report, row)) {
      return false;
    } else {
      if (report.host().session() != longs[row * LONGS + SESSION]) {
        longs[row * LONGS + KNOWN] = nowMillis;
      }
      if (!report.mode().equals(modes[row])) {
        urgent[row] = (byte) urgentRepeats;
      }
    }
    write(row, report, nowMillis);
    return true;
  }

  private boolean fresher(LoadReport report, int row) {
    long session = longs[row * LONGS + SESSION];
    return report.host().session() != session
        ? report.host().session() > session
        : report.seq() > longs[row * LONGS + SEQ];
  }

  /** The freshest report of a node with its age now, or null when the node is unknown. */
  public LoadReport get(NodeName name, long nowMillis) {
    int row = index.find(name);
    return row < 0 ? null : read(row, nowMillis);
  }

  /** For how long this node has been known in its present session; 0 when it is unknown. */
  public long knownMillis(NodeName name, long nowMillis) {
    int row = index.find(name);
    return row < 0 ? 0 : nowMillis - longs[row * LONGS + KNOWN];
  }

  /** All reports with their ages now, in no particular order. */
  public List<LoadReport> all(long nowMillis) {
    List<LoadReport> all = new ArrayList<>(size);
    for (int row = 0; row < size; row++) {
      all.add(read(row, nowMillis));
    }
    return all;
  }

  /** Reports at most so old, with their ages now, in no particular order. */
  public List<LoadReport> fresh(long ageMaxMillis, long nowMillis) {
    List<LoadReport> fresh = new ArrayList<>();
    forEach(ageMaxMillis, nowMillis, (report, known) -> fresh.add(report));
    return fresh;
  }

  /** Takes one report, and for how long its node has been known in its present session. */
  @FunctionalInterface
  public interface Reader {
    /** The report has its age now. */
    void read(LoadReport report, long knownMillis);
  }

  /** Reads all reports that are at most so old, in no particular order. */
  public void forEach(long ageMaxMillis, long nowMillis, Reader reader) {
    for (int row = 0; row < size; row++) {
      if (nowMillis - sampled[row] <= ageMaxMillis) {
        reader.read(read(row, nowMillis), nowMillis - longs[row * LONGS + KNOWN]);
      }
    }
  }

  /** Reports at most so old of nodes where something waits, in no particular order. */
  public List<LoadReport> waiting(long ageMaxMillis, long nowMillis) {
    List<LoadReport> waiting = new ArrayList<>(0);
    for (int row = 0; row < size; row++) {
      if (longs[row * LONGS + WAITING] > 0 && nowMillis - sampled[row] <= ageMaxMillis) {
        waiting.add(read(row, nowMillis));
      }
    }
    return waiting;
  }

  /**
   * The least load that any of them but one, however old its report, would have with so much more
   * demand; infinite when there is none. Without building a report, so that it costs next to
   * nothing.
   */
  public double leastLoadAfter(NodeName except, double demand) {
    int own = index.find(except);
    double least = Double.POSITIVE_INFINITY;
    for (int row = 0; row < size; row++) {
      double load = doubles[row * DOUBLES + LOAD];
      double speed = doubles[row * DOUBLES + SPEED];
      int cores = (int) (longs[row * LONGS + CORES_AND_SLOTS] >> 32);
      if (row != own) {
        double after =
            (load > 0 ? load : 0) + demand / (Math.max(1, cores) * (speed > 0 ? speed : 1));
        least = Math.min(least, after);
      }
    }
    return least;
  }

  /** Forgets nodes that are not wanted, for instance because they are members no longer. */
  public void retain(Predicate<NodeName> wanted) {
    for (int row = size - 1; row >= 0; row--) {
      if (!wanted.test(hosts[row].node())) {
        removeRow(row);
      }
    }
  }

  /**
   * The next window to send: what is urgent first, whatever its age, then the freshest. Counts the
   * sending of what is urgent.
   *
   * @param most how many reports at most
   */
  public List<LoadReport> window(int most, long nowMillis) {
    if (order.length < size) {
      order = new long[hosts.length];
    }
    for (int row = 0; row < size; row++) {
      long age = Math.max(0, nowMillis - sampled[row]);
      order[row] = (urgent[row] > 0 ? 0 : age + 1) << 20 | row;
    }
    Smallest.first(order, size, Math.min(most, size));
    List<LoadReport> window = new ArrayList<>(Math.min(most, size));
    for (int i = 0; i < Math.min(most, size); i++) {
      int row = (int) (order[i] & 0xFFFFF);
      if (urgent[row] > 0) {
        urgent[row]--;
      }
      window.add(read(row, nowMillis));
    }
    return window;
  }

  /** The mean age of all that it knows, in milliseconds; 0 when empty. */
  public double averageAgeMillis(long nowMillis) {
    double sum = 0;
    for (int row = 0; row < size; row++) {
      sum += nowMillis - sampled[row];
    }
    return size == 0 ? 0 : sum / size;
  }

  /** The greatest age of all that it knows, in milliseconds; 0 when empty. */
  public long maximalAgeMillis(long nowMillis) {
    long greatest = 0;
    for (int row = 0; row < size; row++) {
      greatest = Math.max(greatest, nowMillis - sampled[row]);
    }
    return greatest;
  }

  private int newRow(LoadReport report, long nowMillis) {
    if (size == capacity) {
      int oldest = 0;
      for (int row = 1; row < size; row++) {
        if (sampled[row] < sampled[oldest]) {
          oldest = row;
        }
      }
      if (nowMillis - report.ageMillis() <= sampled[oldest]) {
        return -1;
      }
      index.remove(hosts[oldest].node());
      index.put(report.host().node(), oldest);
      urgent[oldest] = 0;
      return oldest;
    }
    if (size == hosts.length) {
      grow(Math.min(capacity, size * 2));
    }
    index.put(report.host().node(), size);
    urgent[size] = 0;
    return size++;
  }

  private void grow(int rows) {
    hosts = Arrays.copyOf(hosts, rows);
    free = Arrays.copyOf(free, rows);
    modes = Arrays.copyOf(modes, rows);
    machines = Arrays.copyOf(machines, rows);
    urgent = Arrays.copyOf(urgent, rows);
    sampled = Arrays.copyOf(sampled, rows);
    longs = Arrays.copyOf(longs, rows * LONGS);
    doubles = Arrays.copyOf(doubles, rows * DOUBLES);
  }

  private void removeRow(int row) {
    index.remove(hosts[row].node());
    int last = --size;
    if (row != last) {
      hosts[row] = hosts[last];
      free[row] = free[last];
      modes[row] = modes[last];
      machines[row] = machines[last];
      urgent[row] = urgent[last];
      sampled[row] = sampled[last];
      System.arraycopy(longs, last * LONGS, longs, row * LONGS, LONGS);
      System.arraycopy(doubles, last * DOUBLES, doubles, row * DOUBLES, DOUBLES);
      index.put(hosts[row].node(), row);
    }
    hosts[last] = null;
    free[last] = null;
    modes[last] = null;
    machines[last] = null;
  }

  private void write(int row, LoadReport report, long nowMillis) {
    hosts[row] = report.host();
    free[row] = report.free();
    modes[row] = report.mode();
    machines[row] = report.machine();
    int base = row * LONGS;
    longs[base + SESSION] = report.host().session();
    longs[base + SEQ] = report.seq();
    sampled[row] = nowMillis - Math.max(0, report.ageMillis());
    longs[base + CORES_AND_SLOTS] = pair(report.cores(), report.slots());
    longs[base + RUNNING_AND_PRIORITY] = pair(report.running(), report.headPriority());
    longs[base + MEMORY_TOTAL] = report.memoryTotalMb();
    longs[base + MEMORY_FREE] = report.memoryFreeMb();
    longs[base + WAITING] = report.waiting();
    longs[base + HEAD_AGE] = report.headAgeMillis();
    longs[base + SWAP] = pair(mebibytes(report.swapTotalMb()), mebibytes(report.swapFreeMb()));
    base = row * DOUBLES;
    doubles[base + LOAD] = report.load();
    doubles[base + SPEED] = report.speed();
    doubles[base + PRESSURE_CPU] = report.pressureCpu();
    doubles[base + PRESSURE_MEMORY] = report.pressureMemory();
    doubles[base + PRESSURE_IO] = report.pressureIo();
    doubles[base + FOREIGN] = report.foreign();
  }

  private LoadReport read(int row, long nowMillis) {
    int l = row * LONGS;
    int d = row * DOUBLES;
    long age = Math.max(0, nowMillis - sampled[row]);
    return new LoadReport(
        hosts[row],
        longs[l + SEQ],
        age,
        doubles[d + LOAD],
        doubles[d + SPEED],
        (int) (longs[l + CORES_AND_SLOTS] >> 32),
        (int) longs[l + CORES_AND_SLOTS],
        (int) (longs[l + RUNNING_AND_PRIORITY] >> 32),
        free[row],
        longs[l + MEMORY_TOTAL],
        longs[l + MEMORY_FREE],
        doubles[d + PRESSURE_CPU],
        doubles[d + PRESSURE_MEMORY],
        doubles[d + PRESSURE_IO],
        modes[row],
        longs[l + WAITING],
        (int) longs[l + RUNNING_AND_PRIORITY],
        longs[l + HEAD_AGE],
        machines[row],
        doubles[d + FOREIGN],
        longs[l + SWAP] >> 32,
        (int) longs[l + SWAP]);
  }

  private static int mebibytes(long count) {
    return Math.clamp(count, 0, Integer.MAX_VALUE);
  }

  private static long pair(int high, int low) {
    return (long) high << 32 | low & 0xFFFFFFFFL;
  }
}
