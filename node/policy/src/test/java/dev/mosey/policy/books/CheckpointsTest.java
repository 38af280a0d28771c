package dev.mosey.policy.books;

import static dev.mosey.policy.books.HomeBench.guest;
import static dev.mosey.policy.books.HomeBench.id;
import static dev.mosey.policy.books.Specs.BETA;
import static dev.mosey.policy.books.Specs.GAMMA;
import static dev.mosey.policy.books.Specs.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two checkpoints are kept at home; what can't be read gives way to the one before. */
class CheckpointsTest {
  private final HomeBench home = new HomeBench();
  private final long number = home.submit(Specs.job().spec());

  private Element element() {
    return home.element(number, 0);
  }

  private static Image kept(int image) {
    return Specs.image(image, HOME);
  }

  /** Runs at beta, and its checkpoints with these numbers come home. */
  private void saves(int... images) {
    home.place(number, BETA, 0);
    int incarnation = element().incarnation();
    for (int image : images) {
      var running = new GuestState.Running(1, Specs.image(image, BETA.node()));
      home.report(BETA, guest(number, incarnation, running));
      home.run(new BooksCommand.ImageKept(id(number), incarnation, kept(image)));
    }
  }

  private void isLost() {
    home.millis += 2 * HomeBench.LEASE;
    home.run(new BooksCommand.Tick());
    assertThat(element().phase()).isEqualTo(Element.Phase.WAITING);
  }

  private Image startedFrom(HostId host) {
    home.place(number, host, 0);
    Order order =
        home.orders(host).stream().filter(Order.Start.class::isInstance).findFirst().orElseThrow();
    return ((Order.Start) order).image();
  }

  private void refuses(HostId host) {
    var refused = new GuestState.Refused(RefusalCode.NO_IMAGE, "wrong bytes");
    home.report(host, guest(number, element().incarnation(), refused));
  }

  private List<BooksEvent> damaged(int image) {
    Blob blob = kept(image).blob();
    return home.events(new BooksCommand.ImageDamaged(id(number), blob, "a bit has flipped"));
  }

  private boolean isChecked(int image) {
    return home.effects.contains(new Effect.CheckImage(id(number), kept(image)));
  }

  @Test
  void keepsTheTwoNewestAndNoThird() {
    saves(1, 2, 3);
    assertThat(element().checkpoint()).isEqualTo(kept(3));
    assertThat(element().earlier()).isEqualTo(kept(2));
    assertThat(home.machine.books().blobsNeeded())
        .contains(kept(3).blob(), kept(2).blob())
        .doesNotContain(kept(1).blob());
  }

  @Test
  void aDamagedCheckpointGivesWayToTheOneBeforeAndSaysSo() {
    saves(1, 2);
    isLost();
    assertThat(startedFrom(GAMMA)).isEqualTo(kept(2));
    refuses(GAMMA);
    assertThat(isChecked(2)).isTrue();
    damaged(2);
    assertThat(element().why())
        .isEqualTo(
            "its checkpoint can't be read: a bit has flipped; it goes on from its checkpoint of"
                + " 1970-01-01T00:00:00.001Z");
    assertThat(startedFrom(GAMMA)).isEqualTo(kept(1));
  }

  @Test
  void withBothDamagedItBeginsAgainAndSaysSo() {
    saves(1, 2);
    isLost();
    damaged(2);
    damaged(1);
    assertThat(element().why()).endsWith("a bit has flipped; it begins again");
    assertThat(startedFrom(GAMMA)).isNull();
    home.restart();
    assertThat(element().image()).isNull();
    assertThat(element().checkpoint()).isNull();
  }

  @Test
  void whatIsDamagedAfterItWasGivenOutIsTakenFromTheOneBeforeNextTime() {
    saves(1, 2);
    isLost();
    assertThat(startedFrom(GAMMA)).isEqualTo(kept(2));
    damaged(2);
    refuses(GAMMA);
    assertThat(element().why()).contains("gamma: wrong bytes; it goes on from its checkpoint of");
    assertThat(startedFrom(GAMMA)).isEqualTo(kept(1));
  }

  @Test
  void aDamagedEarlierOneIsNoMoreThanForgotten() {
    saves(1, 2);
    damaged(1);
    assertThat(element().checkpoint()).isEqualTo(kept(2));
    assertThat(element().earlier()).isNull();
    assertThat(damaged(1)).as("it is said once").isEmpty();
  }

  @Test
  void oneThatHostsFailToGetThoughItIsSoundGivesWayToo() {
    saves(1, 2);
    isLost();
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThat(startedFrom(GAMMA)).isEqualTo(kept(2));
      refuses(GAMMA);
    }
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThat(startedFrom(GAMMA)).isEqualTo(kept(1));
      refuses(GAMMA);
    }
    assertThat(element().why()).endsWith("it begins again");
    assertThat(startedFrom(GAMMA)).isNull();
  }

  @Test
  void aHostThatStillHasWhatWasDamagedAtHomeBringsItAgain() {
    saves(1, 2);
    isLost();
    damaged(2);
    int incarnation = element().incarnation();
    var left = HomeBench.left(Specs.image(2, BETA.node()));
    home.report(BETA, guest(number, incarnation, left));
    assertThat(home.effects)
        .contains(new Effect.FetchImage(id(number), incarnation, Specs.image(2, BETA.node())));
  }

  @Test
  void anImageThatIsNotAtHomeIsNotLookedForThere() {
    saves(1);
    home.report(BETA, guest(number, 1, HomeBench.asks(1, GAMMA, Specs.image(2, GAMMA.node()))));
    home.report(GAMMA, guest(number, 2, new GuestState.Refused(RefusalCode.NO_IMAGE, "gone")));
    assertThat(home.effects).noneMatch(Effect.CheckImage.class::isInstance);
    assertThat(startedFrom(GAMMA)).isEqualTo(kept(1));
  }
}
