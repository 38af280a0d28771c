package dev.mosey.bench;

import java.util.List;

/** What a node costs that has nothing to do: one of three, its keeper included. */
final class IdleBench {
  private static final long SETTLING_MILLIS = 30_000;
  private static final long MILLIS = 60_000;
  private static final int QUICK = 15;

  private IdleBench() {}

  static List<Figure> run(Cluster cluster, boolean quick) {
    long millis = quick ? MILLIS / QUICK : MILLIS;
    Samples resident = new Samples();
    Samples processor = new Samples();
    Cluster.pause(quick ? SETTLING_MILLIS / QUICK : SETTLING_MILLIS);
    List<ProcessHandle> daemons = cluster.daemons();
    List<Double> before = daemons.stream().map(IdleBench::processorMillis).toList();
    Cluster.pause(millis);
    for (int i = 0; i < daemons.size(); i++) {
      processor.add((processorMillis(daemons.get(i)) - before.get(i)) * 100 / millis);
      resident.add(Usage.residentMebibytes(List.of(daemons.get(i))));
    }
    return List.of(
        new Figure("idle", "resident memory", resident.median(), "MiB", "< 200", 3),
        new Figure("idle", "of one core", processor.median(), "%", "< 1", 3));
  }

  private static double processorMillis(ProcessHandle daemon) {
    return Usage.processorMillis(List.of(daemon));
  }
}
