package dev.mosey.node.home;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.json.Json;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Orders.Order;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class OrderPagesTest {
  private static final NodeName ALPHA = TestHome.ALPHA;
  private static final BooksId BOOKS = new BooksId(ALPHA, "store", 1, 2);
  private static final HostId BETA = new HostId(NodeName.of("beta"), 3);

  @Property(tries = 60)
  void pagesAreSmallCompleteAndInOrder(
      @ForAll @IntRange(min = 0, max = 400) int starts,
      @ForAll @IntRange(min = 1, max = 50) int jobs,
      @ForAll @IntRange(min = 0, max = 9_000) int entryLength,
      @ForAll @IntRange(min = 0, max = 9_000) int commandLength) {
    List<Order> orders = new ArrayList<>();
    Map<Long, JobSpec> specs = new HashMap<>();
    for (int i = 0; i < starts; i++) {
      long job = 1L + i % jobs;
      specs.computeIfAbsent(job, number -> TestHome.spec("ü".repeat(commandLength)));
      orders.add(
          new Order.Start(
              new ProcessId(ALPHA, job, i), 1, null, 0, 10_000, "€".repeat(entryLength)));
      orders.add(new Order.Renew(new ProcessId(ALPHA, 1_000 + i, -1), 1, 10_000));
    }
    AtomicLong numbers = new AtomicLong(100);

    List<Orders> pages =
        OrderPages.of(new Orders(BOOKS, 7, BETA, 9, orders, specs), numbers::incrementAndGet);

    assertThat(pages.stream().flatMap(page -> page.orders().stream()).toList()).isEqualTo(orders);
    long last = 100;
    for (Orders page : pages) {
      assertThat(page.seq()).isEqualTo(++last);
      assertThat(page.answers()).isEqualTo(9);
      assertThat(page.to()).isEqualTo(BETA);
      assertThat(Json.bytes(page).length).isLessThan(64 * 1024);
      for (Order order : page.orders()) {
        if (order instanceof Order.Start start) {
          assertThat(page.specs()).containsKey(start.id().job());
        }
      }
    }
  }
}
