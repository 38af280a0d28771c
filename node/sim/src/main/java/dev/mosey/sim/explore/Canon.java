package dev.mosey.sim.explore;

import dev.mosey.policy.books.Element;
import dev.mosey.policy.books.HomeLinks;
import dev.mosey.policy.books.HostLink;
import dev.mosey.policy.books.Job;
import dev.mosey.policy.books.TaskKey;
import dev.mosey.policy.guests.Arrival;
import dev.mosey.policy.guests.Guest;
import dev.mosey.policy.guests.GuestsInput;
import dev.mosey.policy.lease.GrantedLeases.Grant;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Report;
import java.util.Arrays;
import java.util.Map;

/**
 * The fingerprint of a world: what decides how it can go on, and nothing else. Times count from now
 * and only as far as they matter; incarnations count from the present one of their process; numbers
 * of reports and orders count by their order. So worlds that differ in history only are one.
 */
final class Canon {
  private final World world;
  private final int[] present;
  private final long[][] reports = new long[2][];
  private long hash = 0x9E3779B97F4A7C15L;

  private Canon(World world) {
    this.world = world;
    this.present = new int[world.profile.processes() + 1];
  }

  static long of(World world) {
    return new Canon(world).run();
  }

  private long run() {
    for (Job job : world.home.books().jobs()) {
      Element element = job.element(0);
      present[(int) job.number()] =
          element != null ? element.incarnation() : job.isEnded() ? job.ending(0).incarnation() : 0;
    }
    reports[0] = reportNumbers(world.a);
    reports[1] = reportNumbers(world.b);
    add(world.profile.timeSteps() - world.time);
    add(world.placingsLeft);
    add(world.movesLeft);
    add(world.homeCrashesLeft);
    add(world.hostCrashesLeft);
    add(world.repeatsLeft);
    add(world.cancelsLeft);
    add(world.endsLeft);
    add(world.failsLeft);
    add(world.rotsLeft);
    add(world.freezesLeft);
    home();
    world.hosts().forEach(this::host);
    net();
    return hash;
  }

  private void add(long value) {
    hash = mix(hash ^ mix(value + 0x632BE59BD9B4E019L));
  }

  private void word(Enum<?> word) {
    add(word == null ? 0 : word.name().hashCode());
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The numbers of a host's reports that somebody may still compare, in order. */
  private long[] reportNumbers(HostNode host) {
    HostLink link = world.home.machine.links().host(host.name);
    return java.util.stream.LongStream.concat(
            java.util.stream.LongStream.of(link == null ? 0 : link.reportSeq()),
            world.net.stream()
                .mapToLong(
                    each ->
                        each.message() instanceof Report report && each.from().equals(host.name)
                            ? report.seq()
                            : each.message() instanceof Orders orders && each.to().equals(host.name)
                                ? orders.answers()
                                : 0))
        .distinct()
        .sorted()
        .toArray();
  }

  private void reportNumber(HostNode host, long seq) {
    int index = host.name.equals(world.a.name) ? 0 : 1;
    add(Arrays.binarySearch(reports[index], seq));
    Long sent = host.guests.sends(world.home.name).get(seq);
    add(sent == null ? 1 : recent(sent - world.nowAt(host.name).bootMillis()));
  }

  /** A moment in the past, as far back as a lease reaches. */
  private long recent(long difference) {
    return Math.max(difference, -(world.profile.leaseSteps() + 1) * World.HOME_STEP);
  }

  private static long left(long deadline, long now) {
    return deadline == Long.MAX_VALUE ? -1 : Math.max(0, deadline - now);
  }

  private void home() {
    HomeLinks links = world.home.machine.links();
    long now = world.nowAt(world.home.name).bootMillis();
    for (Job job : world.home.books().jobs()) {
      job(job, links, now);
    }
    add(world.home.books().id().opening());
    add(recent(links.openedMillis() - now));
    world.home.images.forEach(this::imageName);
    for (HostNode host : world.hosts()) {
      HostLink link = links.host(host.name);
      if (link == null) {
        add(0);
        continue;
      }
      add(link.host().session());
      add(link.continues());
      reportNumber(host, link.reportSeq());
      add(link.isHeard() ? recent(link.receivedMillis() - now) : 1);
      for (ProcessId id : link.processes()) {
        link.guests(id).forEach(this::reported);
      }
    }
  }

  private void job(Job job, HomeLinks links, long now) {
    add(job.number());
    word(job.isEnded() ? job.ending(0).outcome() : null);
    Element element = job.element(0);
    if (element == null) {
      return;
    }
    TaskKey task = new TaskKey(job.number(), 0);
    word(element.phase());
    host(element.host());
    image(element.image());
    image(element.checkpoint());
    image(element.earlier());
    add(element.checkpointOf() == 0 ? -1 : element.incarnation() - element.checkpointOf());
    add(element.move());
    add((element.cancelled() ? 1 : 0) + (element.lapsed() ? 2 : 0));
    word(element.frozen());
    add(links.hasRun(task, element.incarnation()) ? 1 : 0);
    add(Math.min(3, links.noImage(task)));
    add(Math.min(3, links.fetchFailures(task)));
    Grant grant = links.leases().of(task, element.incarnation());
    add(
        grant == null
            ? -7
            : grant.placedMillis() == Long.MIN_VALUE ? -8 : recent(grant.placedMillis() - now));
    add(
        grant == null
            ? -7
            : grant.untilMillis() == Long.MIN_VALUE ? -8 : left(grant.untilMillis(), now));
  }

  private void host(HostNode host) {
    long now = world.nowAt(host.name).bootMillis();
    add(host.id().session());
    add(host.guests.continues() + (host.guests.handsOver() ? 1_000_000 : 0));
    for (Guest guest : host.guests.all()) {
      guest(guest, host, now);
    }
    for (Arrival arrival : host.guests.arrivals()) {
      incarnation(arrival.id(), arrival.incarnation());
      add(arrival.move());
      image(arrival.taking());
      image(arrival.image());
      add(arrival.taken() ? 1 : 0);
      add(left(arrival.until(), now));
    }
    long bodies = 0;
    for (Body body : host.bodies) {
      Canon one = new Canon(world);
      one.present[(int) body.id().job()] = present[(int) body.id().job()];
      one.incarnation(body.id(), body.incarnation());
      one.add(left(body.deadline(), now));
      one.add(body.paused() ? 1 : 0);
      bodies += one.hash;
    }
    add(bodies);
    for (Map.Entry<ProcessId, ? extends Map<Integer, Guest>> entry : host.spool.entrySet()) {
      for (Guest guest : entry.getValue().values()) {
        incarnation(guest.id(), guest.incarnation());
        word(guest.phase());
        image(guest.image());
      }
    }
    host.images.forEach(this::imageName);
    for (GuestsInput input : host.inbox) {
      if (input instanceof GuestsInput.BodyEnded ended) {
        incarnation(ended.id(), ended.incarnation());
        add(ended.exit().shellStatus());
      }
    }
    add(host.books == null ? 0 : host.books.opening());
  }

  private void guest(Guest guest, HostNode host, long now) {
    incarnation(guest.id(), guest.incarnation());
    word(guest.phase());
    add((guest.bodyThere() ? 1 : 0) + (guest.imageReady() ? 2 : 0));
    add(left(guest.lease().deadlineMillis(), now));
    image(guest.startImage());
    image(guest.image());
    add(guest.lastMove());
    Guest.Move move = guest.move();
    if (move != null) {
      add(move.number());
      add(move.node().hashCode());
      host(move.target());
      add(left(move.until(), now));
    }
    add(guest.exit() == null ? -1 : guest.exit().shellStatus());
    word(guest.refusal());
    word(guest.frozen());
    if (guest.phase() == Guest.Phase.PREPARING || guest.phase() == Guest.Phase.QUEUED) {
      long waited = world.nowAt(host.name).epochMillis() - guest.arrivedAtMillis();
      add(Math.min(waited, world.settings().reservationMillis() + 1));
    }
  }

  /** Messages in any order: only between two nodes and of one kind the older is lost first. */
  private void net() {
    long sum = 0;
    for (InFlight each : world.net) {
      Canon one = new Canon(world);
      System.arraycopy(present, 0, one.present, 0, present.length);
      one.reports[0] = reports[0];
      one.reports[1] = reports[1];
      one.message(each);
      sum += one.hash;
    }
    add(sum);
  }

  private void message(InFlight each) {
    add(each.from().hashCode());
    add(each.to().hashCode());
    switch (each.message()) {
      case Report report -> {
        add(1);
        add(report.host().session());
        add(report.continues());
        reportNumber(world.host(each.from()), report.seq());
        report.guests().forEach(this::reported);
      }
      case Orders orders -> {
        add(2);
        HostNode to = world.host(each.to());
        add(orders.to().session());
        add(orders.books().opening());
        reportNumber(to, orders.answers());
        orderNumber(orders, to);
        orders.orders().forEach(this::order);
      }
      case Object other -> {
        add(3);
        new MessageCanon(this::add, this::incarnation, this::image).add(other);
      }
    }
  }

  /** Orders count by their place among those that the host has obeyed and may still obey. */
  private void orderNumber(Orders orders, HostNode to) {
    int place = 0;
    for (InFlight each : world.net) {
      if (each.message() instanceof Orders other
          && each.to().equals(to.name)
          && other.books().opening() == orders.books().opening()
          && other.seq() < orders.seq()) {
        place++;
      }
    }
    add(place);
    boolean same =
        to.guests.obeyed().stream().anyMatch(books -> books.opening() == orders.books().opening());
    boolean later =
        to.guests.obeyed().stream().anyMatch(books -> books.opening() > orders.books().opening());
    boolean newer = !later && (!same || orders.seq() > to.guests.ordersSeq(world.home.name));
    add(newer ? 1 : 0);
  }

  private void order(Orders.Order order) {
    incarnation(order.id(), order.incarnation());
    switch (order) {
      case Orders.Order.Start start -> {
        add(1);
        image(start.image());
        add(start.move());
        add(start.leaseMillis());
      }
      case Orders.Order.Renew renew -> {
        add(2);
        add(renew.leaseMillis());
      }
      case Orders.Order.Stop stop -> {
        add(3);
        add(stop.graceMillis());
      }
      case Orders.Order.Moved moved -> add(4);
      case Orders.Order.MoveAborted aborted -> {
        add(5);
        add(aborted.move());
      }
      case Orders.Order.Drop drop -> add(6);
      case Orders.Order.PleaseMove please -> add(7);
      case Orders.Order.Signal signal -> add(8);
      case Orders.Order.Freeze freeze -> add(freeze.frozen() ? 9 : 10);
      case Orders.Order.Save save -> add(11);
    }
  }

  private void reported(Report.Guest guest) {
    incarnation(guest.id(), guest.incarnation());
    switch (guest.state()) {
      case Report.GuestState.Preparing() -> add(1);
      case Report.GuestState.Running running -> {
        add(running.frozen() ? 7 : 2);
        image(running.checkpoint());
      }
      case Report.GuestState.AsksToMove asks -> {
        add(3);
        add(asks.move());
        host(asks.target());
        image(asks.image());
      }
      case Report.GuestState.Left left -> {
        add(4);
        image(left.image());
        word(left.frozen());
      }
      case Report.GuestState.Refused refused -> {
        add(5);
        word(refused.code());
      }
      case Report.GuestState.Ended ended -> {
        add(6);
        add(ended.exit().shellStatus());
      }
    }
  }

  private void incarnation(ProcessId id, int incarnation) {
    add(id.job());
    add(present[(int) id.job()] - incarnation);
  }

  private void image(Image image) {
    if (image == null) {
      add(-3);
      return;
    }
    add(image.at().hashCode());
    imageName(image.blob().sha256());
  }

  private void imageName(String blob) {
    int job = (int) Long.parseLong(blob.substring(0, 16), 16);
    add(job);
    add(present[job] - ImageName.incarnation(blob));
    add(ImageName.attempt(blob));
  }

  private void host(HostId host) {
    NodeName node = host == null ? null : host.node();
    add(node == null ? -5 : node.hashCode());
    add(host == null ? 0 : host.session());
  }
}
