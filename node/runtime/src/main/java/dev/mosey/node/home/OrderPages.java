package dev.mosey.node.home;

import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Orders.Order;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Cuts orders into messages that stay below the bound of the wire. Each page is complete in itself:
 * it has the specifications that its starts need, and a number of its own, so that a lost page
 * costs its own orders only. Sizes are estimated from above, which is much cheaper than to
 * serialize everything twice.
 */
final class OrderPages {
  /** Estimated bytes of one page; real ones are smaller. The wire's bound is 64 KiB. */
  static final int PAGE_BYTES_MAX = 48 * 1024;

  private static final int ORDER_BYTES = 160;
  private static final int IMAGE_BYTES = 320;
  private static final int SPEC_BYTES = 900;
  private static final int WORD_BYTES = 8;

  /** UTF-8 needs at most three bytes for one char of a Java string. */
  private static final int CHAR_BYTES_MAX = 3;

  private OrderPages() {}

  /** The same orders in pages, each numbered by {@code numbers}, in order. */
  static List<Orders> of(Orders orders, LongSupplier numbers) {
    List<Orders> pages = new ArrayList<>();
    List<Order> page = new ArrayList<>();
    Map<Long, JobSpec> specs = new HashMap<>();
    int bytes = 0;
    for (Order order : orders.orders()) {
      long job = order.id().job();
      JobSpec spec = order instanceof Order.Start ? orders.specs().get(job) : null;
      int more = bytes(order) + (spec == null || specs.containsKey(job) ? 0 : bytes(spec));
      if (bytes + more > PAGE_BYTES_MAX && !page.isEmpty()) {
        pages.add(page(orders, numbers, page, specs));
        page.clear();
        specs.clear();
        bytes = 0;
        more = bytes(order) + (spec == null ? 0 : bytes(spec));
      }
      page.add(order);
      if (spec != null) {
        specs.put(job, spec);
      }
      bytes += more;
    }
    if (!page.isEmpty() || pages.isEmpty()) {
      pages.add(page(orders, numbers, page, specs));
    }
    return pages;
  }

  private static Orders page(
      Orders all, LongSupplier numbers, List<Order> orders, Map<Long, JobSpec> specs) {
    return new Orders(all.books(), numbers.getAsLong(), all.to(), all.answers(), orders, specs);
  }

  private static int bytes(Order order) {
    return switch (order) {
      case Order.Start start ->
          ORDER_BYTES + (start.image() == null ? 0 : IMAGE_BYTES) + text(start.entry());
      case Order.Stop stop -> ORDER_BYTES + text(stop.why());
      case Order.MoveAborted aborted -> ORDER_BYTES + text(aborted.why());
      case Order.PleaseMove move -> ORDER_BYTES + text(move.reason());
      case Order.Signal signal -> ORDER_BYTES + text(signal.request());
      case Order.Renew renew -> ORDER_BYTES;
      case Order.Moved moved -> ORDER_BYTES;
      case Order.Drop drop -> ORDER_BYTES;
      case Order.Freeze freeze -> ORDER_BYTES;
      case Order.Save save -> ORDER_BYTES + text(save.request());
    };
  }

  private static int bytes(JobSpec spec) {
    int bytes =
        SPEC_BYTES
            + text(spec.name())
            + text(spec.user())
            + text(spec.cwd())
            + text(spec.stdoutFile())
            + text(spec.stderrFile())
            + text(spec.className())
            + blob(spec.entries())
            + blob(spec.env())
            + blob(spec.stdin())
            + blob(spec.jar());
    for (String word : spec.command()) {
      bytes += text(word);
    }
    for (String resource : spec.resources().amounts().keySet()) {
      bytes += text(resource) + WORD_BYTES;
    }
    return bytes + (spec.on().size() + spec.not().size() + spec.after().size()) * ORDER_BYTES;
  }

  private static int blob(Blob blob) {
    return blob == null ? 0 : ORDER_BYTES;
  }

  private static int text(String text) {
    return text == null ? 0 : WORD_BYTES + text.length() * CHAR_BYTES_MAX;
  }
}
