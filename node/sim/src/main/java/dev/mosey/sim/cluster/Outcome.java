package dev.mosey.sim.cluster;

/**
 * What came of one run.
 *
 * @param workload by name
 * @param policy by name
 * @param seed of the workload and of all chance
 * @param nodes how many machines
 * @param tasks how many tasks
 * @param makespanSeconds when the last one ended
 * @param meanSlowdown of (finish - arrival) / CPU demand
 * @param medianSlowdown of the same
 * @param p95Slowdown of the same
 * @param meanResponseSeconds finish - arrival
 * @param movesPerTask moves done over tasks
 * @param cameBack part of the moves that brought a process to where it had left last
 * @param cameBackSoon the same within a minute
 * @param restarts processes that began again because their machine died
 * @param predictedGainSeconds mean of all moves that were judged
 * @param realisedGainSeconds the same as it came out, pauses taken off
 * @param reportAgeMeanSeconds of the reports that decisions were built on
 * @param reportAgeMaxSeconds the oldest of them
 */
public record Outcome(
    String workload,
    String policy,
    long seed,
    int nodes,
    int tasks,
    double makespanSeconds,
    double meanSlowdown,
    double medianSlowdown,
    double p95Slowdown,
    double meanResponseSeconds,
    double movesPerTask,
    double cameBack,
    double cameBackSoon,
    long restarts,
    double predictedGainSeconds,
    double realisedGainSeconds,
    double reportAgeMeanSeconds,
    double reportAgeMaxSeconds) {}
