package dev.mosey.node.load;

import dev.mosey.node.host.ProcessHost;
import dev.mosey.node.host.ProcessHost.GuestView;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Kind;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.NodeLoss;
import dev.mosey.protocol.job.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Builds what a process host says of its guests. */
public final class Guests {
  private static final NodeName ALPHA = NodeName.of("alpha");

  private Guests() {}

  /** A job's specification. */
  public static JobSpec spec(MoveMode move, Resources resources) {
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
        move,
        NodeLoss.RESTART,
        false,
        List.of(),
        List.of(),
        List.of(),
        0,
        null,
        null);
  }

  /** A process of alpha. */
  public static ProcessId id(int number) {
    return new ProcessId(ALPHA, number, ProcessId.SINGLE);
  }

  /** One guest. */
  public static GuestView guest(int number, String phase, MoveMode move, long arrivedAtMillis) {
    return new GuestView(
        id(number), 1, spec(move, Resources.NONE), phase, arrivedAtMillis, 0, 1 << 20, 1 << 16);
  }

  /** So many checkpointing guests that run, and what is free beside them. */
  public static ProcessHost.Guests running(int count, int freeSlots, long arrivedAtMillis) {
    List<GuestView> guests = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      guests.add(guest(i, "running", MoveMode.CHECKPOINT, arrivedAtMillis));
    }
    return of(guests, freeSlots);
  }

  /** These guests. */
  public static ProcessHost.Guests of(List<GuestView> guests, int freeSlots) {
    return new ProcessHost.Guests(
        guests, Resources.of(freeSlots, 1_000), freeSlots, 0, Map.of(ALPHA, 0L));
  }
}
