package dev.mosey.policy.place;

import static dev.mosey.policy.place.PlaceSamples.ALPHA;
import static dev.mosey.policy.place.PlaceSamples.BETA;
import static dev.mosey.policy.place.PlaceSamples.room;
import static dev.mosey.policy.place.PlaceSamples.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Resources;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ObstaclesTest {
  private static final NodeName DELTA = NodeName.of("delta");

  private static JobSpec wants(double cores, double memory) {
    return spec(Resources.of(cores, memory), List.of(), List.of());
  }

  private static List<String> explained(JobSpec spec, Room... rooms) {
    return Obstacles.explain(spec, Map.of(BETA, "there is no program 'gzip'"), List.of(rooms))
        .stream()
        .map(
            each ->
                each.node()
                    + (each.could() ? " could: " : each.lasting() ? " never: " : ": ")
                    + each.why())
        .toList();
  }

  @Test
  void namesTheFirstThingThatKeepsAJobFromEachNode() {
    JobSpec spec = spec(Resources.of(1, 100), List.of(), List.of(ALPHA));
    Room full = room("gamma", 1, 1, 0, Resources.NONE);
    Room small = room("delta", 1, 1, 4, Resources.of(4, 50));
    Room shy = new Room(room("epsilon", 0, 8).state(), 0, Resources.NONE, 0);
    assertThat(
            explained(
                spec,
                room("alpha", 0, 8),
                room("beta", 0, 8),
                full,
                small,
                shy,
                room("zeta", 0, 8)))
        .containsExactly(
            "alpha never: the job must not run here",
            "beta never: there is no program 'gzip'",
            "gamma: all 8 slots are taken",
            "delta: memory: 100 MiB wanted, 50 MiB free",
            "epsilon: has room, and has not offered it to this home yet",
            "zeta could: has room");
  }

  @Test
  void memoryThatOthersUseIsNotFree() {
    assertThat(explained(wants(1, 9_000), room("alpha", 0, 8)))
        .containsExactly("alpha: memory: 9000 MiB wanted, 8000 MiB free");
    assertThat(explained(wants(1, 8_000), room("alpha", 0, 8)))
        .containsExactly("alpha could: has room");
  }

  private static String hopeless(JobSpec spec, Room... rooms) {
    return Obstacles.hopeless(spec, Arrays.asList(rooms)).orElse(null);
  }

  @Test
  void aNodeThatIsOnlyBusyGivesHope() {
    Room busy = room("alpha", 1, 1, 0, Resources.NONE);
    assertThat(hopeless(wants(4, 9_000), busy)).isNull();
    assertThat(hopeless(wants(1, 900_000), room("alpha", 0, 8), busy)).isNotNull();
    assertThat(hopeless(wants(1, 100))).isNull();
  }

  @Test
  void saysWhatNoWaitingCanMend() {
    Room alpha = room("alpha", 0, 8);
    Room beta = room("beta", 0, 4);
    assertThat(hopeless(spec(Resources.NONE, List.of(DELTA), List.of()), alpha, beta))
        .isEqualTo("the job runs only on delta");
    assertThat(hopeless(spec(Resources.NONE, List.of(ALPHA), List.of()), alpha, beta)).isNull();
    assertThat(hopeless(wants(4_000, 0), alpha, beta)).isEqualTo("cores: 4000 wanted, 8 in all");
    assertThat(hopeless(wants(1, 900_000), alpha, beta))
        .isEqualTo(
            "alpha: memory: 900000 MiB wanted, 10000 MiB in all;"
                + " beta: memory: 900000 MiB wanted, 16000 MiB in all");
  }
}
