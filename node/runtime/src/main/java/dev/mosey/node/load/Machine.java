package dev.mosey.node.load;

import java.util.List;

/** The machine as it can be sampled; a port, so that tests bring their own. */
public interface Machine extends AutoCloseable {
  /** One sample; never throws: what can't be read has a neutral value and is named. */
  Sample sample();

  @Override
  void close();

  /**
   * One sample.
   *
   * @param runnable length of the run queue of the whole machine, without the sampling thread
   * @param cores of the whole machine, 1 or more
   * @param limitCores what a container's quota or set of cores leaves; 0 = no limit
   * @param memoryTotalMb of the machine or the container, whichever is less; 0 unknown
   * @param memoryFreeMb available without paging
   * @param swapTotalMb swap of the machine; 0 = none, or not known
   * @param swapFreeMb how much of it is free
   * @param pressureCpu PSI some avg10 in percent, -1 unknown
   * @param pressureMemory the same for memory
   * @param pressureIo the same for io
   * @param id a word that is the same for all nodes under one kernel; null unknown
   * @param unread what could not be read, and why, one line each
   */
  record Sample(
      int runnable,
      int cores,
      double limitCores,
      long memoryTotalMb,
      long memoryFreeMb,
      long swapTotalMb,
      long swapFreeMb,
      double pressureCpu,
      double pressureMemory,
      double pressureIo,
      String id,
      List<String> unread) {
    /** Copies the list. */
    public Sample {
      unread = List.copyOf(unread);
    }
  }
}
