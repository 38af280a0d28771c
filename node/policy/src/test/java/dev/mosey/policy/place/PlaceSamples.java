package dev.mosey.policy.place;

import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Kind;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.NodeLoss;
import dev.mosey.protocol.job.Resources;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Builders of heads and rooms. */
final class PlaceSamples {
  static final NodeName ALPHA = NodeName.of("alpha");
  static final NodeName BETA = NodeName.of("beta");
  static final NodeName GAMMA = NodeName.of("gamma");

  private PlaceSamples() {}

  static JobSpec spec(Resources resources, List<NodeName> on, List<NodeName> not) {
    return new JobSpec(
        Kind.COMMAND,
        "",
        "ann",
        List.of("true"),
        "/",
        resources,
        50,
        null,
        null,
        null,
        null,
        null,
        null,
        0,
        0,
        10_000,
        0,
        MoveMode.NEVER,
        NodeLoss.RESTART,
        false,
        on,
        not,
        List.of(),
        0,
        null,
        null);
  }

  static QueueHead head(long job, int tasks) {
    return head(job, tasks, Resources.of(1, 100));
  }

  static QueueHead head(long job, int tasks, Resources resources) {
    return head(job, spec(resources, List.of(), List.of()), Set.of(), new Run(0, tasks - 1));
  }

  static QueueHead head(long job, JobSpec spec, Set<NodeName> avoid, Run... runs) {
    int count = Arrays.stream(runs).mapToInt(Run::size).sum();
    return new QueueHead(new JobId(ALPHA, job), spec, List.of(runs), count, 50, 0, 0, avoid);
  }

  static Room room(String name, double load, int slots) {
    return room(name, load, 1, slots, Resources.of(slots, 10_000));
  }

  static Room room(String name, double load, double speed, int slots, Resources free) {
    NodeState state =
        new NodeState(
            new HostId(NodeName.of(name), 7),
            load,
            speed,
            8,
            8,
            8 - slots,
            free,
            16_000,
            8_000,
            true,
            1_000,
            60_000);
    return new Room(state, slots, free, 0);
  }
}
