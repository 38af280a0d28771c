package dev.mosey.node.keeper;

/** Limits of the kernel that a body can be given; see {@code setrlimit(2)}. */
public enum ResourceLimit {
  /** Seconds of CPU time of one process. */
  CPU_SECONDS(0),
  /** Size in bytes of a file that it writes. */
  FILE_BYTES(1),
  /** Data segment in bytes. */
  DATA_BYTES(2),
  /** Stack in bytes. */
  STACK_BYTES(3),
  /** Core file in bytes. */
  CORE_BYTES(4),
  /** Processes and threads of the user, all of them together. */
  PROCESSES(6),
  /** Open descriptors of one process. */
  OPEN_FILES(7),
  /** Address space in bytes of one process. */
  ADDRESS_SPACE_BYTES(9);

  private final int number;

  ResourceLimit(int number) {
    this.number = number;
  }

  /** The number of {@code RLIMIT_...} on Linux. */
  int number() {
    return number;
  }
}
