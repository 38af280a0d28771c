package dev.mosey.sim.cluster;

/** Who decides where tasks run: the live node's classes, or one of those they are compared with. */
interface Driver {
  /** Once, before anything happens: may ask for ticks. */
  void begin(World world);

  /** A task has arrived at its home, or begins again, and waits. */
  void arrived(int task);

  /** Something has ended on a machine. */
  void ended(Machine machine);

  /** A tick that was asked for. */
  void tick(int number);

  /** A move has come to its end; {@code failed} means that it runs where it was. */
  default void moved(int task, int from, int to, boolean failed) {}

  /** A machine has gone away or come back. */
  default void turned(Machine machine) {}

  /** It is known now what a move has gained. */
  default void judged(int from, double predictedSeconds, double realisedSeconds) {}
}
