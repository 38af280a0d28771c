package dev.mosey.node.host;

import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Envelope;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.OutputTaken;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.WireMessage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** A home that keeps its books in memory: the other side of the host's protocol. */
final class FakeHome {
  private static final long LEASE_MILLIS = 10_000;

  final BooksId books = new BooksId(NodeName.of("alpha"), "test", 1, 1);
  final List<String> wrong = new ArrayList<>();

  /** From the safe point at the source to the first step at the target, by move. */
  final List<Long> pausesMillis = new ArrayList<>();

  private final BiConsumer<NodeName, WireMessage> send;
  private final Map<ProcessId, Kept> processes = new TreeMap<>();
  private final Map<HostId, Long> reports = new HashMap<>();
  private long seq;

  /** One process. */
  static final class Kept {
    final ProcessId id;
    final JobSpec spec;
    final String entry;
    final Map<Integer, ByteArrayOutputStream> log =
        Map.of(1, new ByteArrayOutputStream(), 2, new ByteArrayOutputStream());
    HostId host;
    int incarnation = 1;
    int move;
    int moves;
    Image image;
    final Set<Blob> checkpoints = new HashSet<>();
    boolean runs;
    long pausedAtMillis;
    Exit exit;
    String refused;

    Kept(ProcessId id, JobSpec spec, String entry, HostId host) {
      this.id = id;
      this.spec = spec;
      this.entry = entry;
      this.host = host;
    }
  }

  FakeHome(BiConsumer<NodeName, WireMessage> send) {
    this.send = send;
  }

  synchronized Kept place(ProcessId id, JobSpec spec, String entry, HostId host) {
    var kept = new Kept(id, spec, entry, host);
    processes.put(id, kept);
    order(host, List.of(start(kept, 0)));
    return kept;
  }

  synchronized String log(Kept kept, int stream) {
    return kept.log.get(stream).toString(StandardCharsets.UTF_8);
  }

  synchronized boolean over(Kept kept) {
    return kept.exit != null || kept.refused != null;
  }

  synchronized HostId hostOf(Kept kept) {
    return kept.host;
  }

  synchronized boolean runs(Kept kept) {
    return kept.runs;
  }

  synchronized int moves(Kept kept) {
    return kept.moves;
  }

  /** What was placed and has not been heard of is said again. */
  synchronized void tick() {
    for (var kept : processes.values()) {
      if (!kept.runs && !over(kept)) order(kept.host, List.of(start(kept, 0)));
    }
  }

  private Order start(Kept kept, long leaseMillis) {
    return new Order.Start(
        kept.id, kept.incarnation, kept.image, kept.move, leaseMillis, kept.entry);
  }

  private void order(HostId to, List<Order> orders) {
    Map<Long, JobSpec> specs = new HashMap<>();
    for (var order : orders) {
      if (order instanceof Order.Start start) {
        specs.put(start.id().job(), processes.get(start.id()).spec);
      }
    }
    long answers = reports.getOrDefault(to, 0L);
    var granted = new ArrayList<Order>();
    for (var order : orders) {
      // Without a report that it answers, a lease of nothing; the host waits for the next.
      granted.add(
          order instanceof Order.Start start && start.leaseMillis() == 0
              ? start(processes.get(start.id()), LEASE_MILLIS)
              : order);
    }
    send.accept(to.node(), new Orders(books, ++seq, to, answers, granted, specs));
  }

  synchronized void received(Envelope envelope) {
    if (envelope.message() instanceof Report report) report(report);
    if (envelope.message() instanceof Output output) output(envelope.from(), output);
  }

  private void report(Report report) {
    HostId host = report.host();
    if (report.seq() <= reports.getOrDefault(host, 0L)) return;
    reports.put(host, report.seq());
    Map<String, Report.Guest> there = new HashMap<>();
    report.guests().forEach(each -> there.put(each.id() + "-" + each.incarnation(), each));
    List<Order> orders = new ArrayList<>();
    for (var kept : List.copyOf(processes.values())) {
      if (!host.equals(kept.host) || over(kept)) continue;
      var guest = there.get(kept.id + "-" + kept.incarnation);
      if (guest == null) orders.add(start(kept, LEASE_MILLIS));
      else current(kept, guest, orders);
    }
    for (var guest : report.guests()) {
      var kept = processes.get(guest.id());
      boolean old = guest.incarnation() < kept.incarnation;
      if (old && guest.state() instanceof GuestState.AsksToMove asks) {
        orders.add(new Order.Moved(guest.id(), guest.incarnation(), asks.move()));
      } else if (old && kept.runs || over(kept)) {
        orders.add(new Order.Drop(guest.id(), guest.incarnation()));
      }
    }
    if (!orders.isEmpty()) order(host, orders);
  }

  private void current(Kept kept, Report.Guest guest, List<Order> orders) {
    switch (guest.state()) {
      case GuestState.Preparing ignored -> orders.add(start(kept, LEASE_MILLIS));
      case GuestState.Running running -> {
        if (running.checkpoint() != null) kept.checkpoints.add(running.checkpoint().blob());
        orders.add(new Order.Renew(kept.id, kept.incarnation, LEASE_MILLIS));
        if (!kept.runs && running.startedAtMillis() > 0) {
          kept.runs = true;
          if (kept.pausedAtMillis > 0) {
            pausesMillis.add(running.startedAtMillis() - kept.pausedAtMillis);
          }
        }
      }
      case GuestState.AsksToMove asks -> {
        orders.add(new Order.Moved(kept.id, kept.incarnation, asks.move()));
        kept.pausedAtMillis = asks.pausedAtMillis();
        kept.move = asks.move();
        kept.moves++;
        next(kept, asks.target(), asks.image());
      }
      case GuestState.Left left -> {
        kept.pausedAtMillis = 0;
        next(kept, kept.host, left.image());
      }
      case GuestState.Refused refused -> kept.refused = refused.code() + ": " + refused.why();
      case GuestState.Ended ended -> {
        kept.exit = ended.exit();
        if (ended.ends().stdout() != kept.log.get(1).size()) {
          wrong.add(kept.id + " ended at " + ended.ends() + " with " + kept.log.get(1).size());
        }
      }
    }
  }

  private void next(Kept kept, HostId host, Image image) {
    kept.host = host;
    kept.incarnation++;
    kept.runs = false;
    kept.image =
        image == null
            ? null
            : new Image(
                image.blob(),
                image.format(),
                kept.host.node(),
                image.stdout(),
                image.stderr(),
                image.takenAtMillis());
    cut(kept, 1, image == null ? 0 : image.stdout());
    cut(kept, 2, image == null ? 0 : image.stderr());
    order(host, List.of(start(kept, 0)));
  }

  private void cut(Kept kept, int stream, long to) {
    var log = kept.log.get(stream);
    if (log.size() < to) wrong.add(kept.id + " has a gap from " + log.size() + " to " + to);
    byte[] bytes = log.toByteArray();
    log.reset();
    log.write(bytes, 0, (int) Math.min(to, bytes.length));
  }

  private void output(HostId from, Output output) {
    var kept = processes.get(output.id());
    String refused = output.incarnation() == kept.incarnation ? null : "an older incarnation";
    var log = kept.log.get(output.stream());
    if (refused == null && output.offset() == log.size()) log.writeBytes(output.bytes());
    send.accept(
        from.node(),
        new OutputTaken(output.id(), output.incarnation(), output.stream(), log.size(), refused));
  }
}
