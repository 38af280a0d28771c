package dev.mosey.policy.balance;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import java.util.List;
import java.util.Map;

/** Builders of what a decision looks at. */
final class Samples {
  static final NodeName ALPHA = NodeName.of("alpha");
  static final NodeName BETA = NodeName.of("beta");
  static final NodeName GAMMA = NodeName.of("gamma");

  private Samples() {}

  static NodeState node(String name, double load) {
    return node(name, load, 1, 1, 0);
  }

  static NodeState node(String name, double load, double speed, int cores, long ageMillis) {
    return new NodeState(
        new HostId(NodeName.of(name), 1),
        load,
        speed,
        cores,
        100,
        (int) Math.round(load * speed * cores),
        Resources.of(100, 100_000),
        16_000,
        8_000,
        true,
        ageMillis,
        3_600_000);
  }

  static NodeState closed(NodeState node) {
    return new NodeState(
        node.host(),
        node.load(),
        node.speed(),
        node.cores(),
        node.slots(),
        node.running(),
        node.free(),
        node.memoryTotalMb(),
        node.memoryFreeMb(),
        false,
        node.ageMillis(),
        node.knownMillis());
  }

  static NodeState memory(NodeState node, long freeMb) {
    return new NodeState(
        node.host(),
        node.load(),
        node.speed(),
        node.cores(),
        node.slots(),
        node.running(),
        node.free(),
        node.memoryTotalMb(),
        freeMb,
        node.open(),
        node.ageMillis(),
        node.knownMillis());
  }

  static Candidate process(int number, int residentSeconds) {
    return process(number, residentSeconds, MoveMode.CHECKPOINT, 1 << 16, 1 << 20);
  }

  static Candidate process(
      int number, int residentSeconds, MoveMode move, long imageBytes, long rssBytes) {
    return new Candidate(
        id(number),
        Resources.NONE,
        residentSeconds * 1_000L,
        rssBytes,
        imageBytes,
        move,
        false,
        true,
        false,
        List.of(),
        List.of());
  }

  static Candidate only(Candidate candidate, List<NodeName> on, List<NodeName> not) {
    return new Candidate(
        candidate.id(),
        candidate.request(),
        candidate.residentMillis(),
        candidate.rssBytes(),
        candidate.imageBytes(),
        candidate.move(),
        candidate.locked(),
        candidate.settled(),
        candidate.backingOff(),
        on,
        not);
  }

  static Candidate flags(Candidate candidate, boolean locked, boolean settled, boolean backingOff) {
    return new Candidate(
        candidate.id(),
        candidate.request(),
        candidate.residentMillis(),
        candidate.rssBytes(),
        candidate.imageBytes(),
        candidate.move(),
        locked,
        settled,
        backingOff,
        candidate.on(),
        candidate.not());
  }

  static ProcessId id(int number) {
    return new ProcessId(ALPHA, number, ProcessId.SINGLE);
  }

  static Situation situation(NodeState self, List<NodeState> peers, Candidate... candidates) {
    return new Situation(
        self, peers, List.of(candidates), new MoveCosts(0.5, 50 << 20, Map.of()), 100, false);
  }
}
