package dev.mosey.node.home;

import static dev.mosey.node.home.TestHome.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeViewTest {
  @TempDir Path directory;

  private static List<JobView> list(TestHome home, State... states) {
    HomeQuery query =
        new HomeQuery(Set.of(states), null, false, false, false, null, null, 10, null);
    return home.read(view -> view.list(query)).items();
  }

  @Test
  void listsTheWaitingPartOfAnArrayThatIsPartlyRunning() {
    try (TestHome home = new TestHome(directory)) {
      FakeHost beta = home.host("beta", 1, false);
      home.awaitOpen();
      home.placeAt(beta.id());
      JobId job = home.submit(spec(ArraySpec.parse("1-6%2"), "true"));
      Await.until(() -> Map.of("running", 2L, "waiting", 4L).equals(home.find(job).get().tasks()));

      assertThat(list(home, State.WAITING, State.HELD))
          .singleElement()
          .returns("alpha.1", JobView::id)
          .returns("running", JobView::state)
          .returns(Map.of("running", 2L, "waiting", 4L), JobView::tasks);
      assertThat(list(home, State.HELD)).isEmpty();
      assertThat(list(home, State.RUNNING)).hasSize(1);
    }
  }

  @Test
  void whatWaitsAgainHasNoHost() {
    try (TestHome home = new TestHome(directory)) {
      FakeHost beta = home.host("beta", 1, false);
      home.awaitOpen();
      home.placeAt(beta.id());
      JobId job = home.submit(spec("true"));
      Await.until(() -> home.stateOf(job).equals("running"));
      assertThat(home.find(job).get().host()).isEqualTo("beta");

      home.placeAt(null);
      ProcessId process = job.process(ProcessId.SINGLE);
      beta.set(process, new GuestState.Left(null, OutputEnds.NONE, "drained"));
      beta.report();
      Await.until(() -> home.stateOf(job).equals("waiting"));

      assertThat(home.find(job).get())
          .returns(null, JobView::host)
          .returns(null, JobView::started)
          .returns(1, JobView::restarts);
    }
  }

  @Test
  void knowsWhatTheLossOfAHostWouldDo() {
    try (TestHome home = new TestHome(directory)) {
      FakeHost beta = home.host("beta", 1, false);
      HostId self = new HostId(TestHome.ALPHA, home.store.directory().identity().session());
      FakeHost own = home.host("alpha", self.session(), false);
      home.awaitOpen();
      home.placeAt(beta.id());
      JobId guest = home.submit(spec("true"));
      Await.until(() -> home.stateOf(guest).equals("running"));
      home.placeAt(own.id());
      JobId atHome = home.submit(spec("true"));
      Await.until(() -> home.stateOf(atHome).equals("running"));

      HomeView.Loss loss = home.read(view -> view.loss(guest.number(), -1)).get();
      assertThat(loss.atHome()).isFalse();
      assertThat(loss.restarts()).isTrue();
      assertThat(loss.seconds()).isBetween(1.0, 11.0);
      loss = home.read(view -> view.loss(atHome.number(), -1)).get();
      assertThat(loss).isEqualTo(new HomeView.Loss(true, true, false, 0));
      boolean unknown = home.read(view -> view.loss(99, -1)).isEmpty();
      assertThat(unknown).isTrue();
    }
  }
}
