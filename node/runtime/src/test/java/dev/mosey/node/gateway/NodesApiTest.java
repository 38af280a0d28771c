package dev.mosey.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.schedule.Scheduler.Evacuated;
import dev.mosey.policy.balance.StayReason;
import dev.mosey.protocol.id.ProcessId;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NodesApiTest {
  private static String left(StayReason... reasons) {
    TreeMap<ProcessId, StayReason> left = new TreeMap<>();
    for (StayReason reason : reasons) {
      left.put(ProcessId.parse("alpha." + (left.size() + 1)), reason);
    }
    return NodesApi.left(new Evacuated(List.of(), left));
  }

  @Test
  void whatCantMoveIsToldFromWhatHadNowhereToGo() {
    assertThat(left()).isEmpty();
    assertThat(left(StayReason.CANNOT_MOVE)).isEqualTo(": 1 can't move");
    assertThat(left(StayReason.CANNOT_MOVE, StayReason.NO_ROOM, StayReason.NO_FRESH_PEER))
        .isEqualTo(": 1 can't move, 2 had nowhere to go");
  }
}
