package dev.mosey.policy.books;

import dev.mosey.policy.lease.GrantedLeases;
import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Outcome;
import dev.mosey.protocol.event.BooksEvent.Proof;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What a host's report proves. Only the present incarnation of a task is decided about; what a host
 * still holds of an older one is dropped or ended by the orders that answer.
 */
final class ReportReader {
  /** So often a host may fail to get an image that is kept at home, before it is given up. */
  private static final int NO_IMAGE_MAX = 3;

  private final Books books;
  private final HomeLinks links;
  private final Now now;
  private final List<BooksEvent> events = new ArrayList<>();

  ReportReader(Books books, HomeLinks links, Now now) {
    this.books = books;
    this.links = links;
    this.now = now;
  }

  Decision decide(Report report) {
    HostId host = report.host();
    Set<TaskKey> spokenOf = new HashSet<>();
    for (Report.Guest guest : report.guests()) {
      TaskKey task = books.taskOf(guest.id());
      Element element = task == null ? null : books.elementOf(task);
      if (element != null && guest.state() instanceof GuestState.Left left && left.cutOff()) {
        clear(task, element, guest.incarnation(), host);
      }
      if (element != null && concerns(element, guest, host) && read(task, element, guest, host)) {
        spokenOf.add(task);
      }
    }
    if (!report.partial()) {
      for (TaskKey task : books.placedAt(host.node())) {
        Element element = books.elementOf(task);
        // The lost books may have moved on what only a backup says to be here.
        boolean known = !books.fromBackup().has(task.job(), element.incarnation());
        if (known && element.host().session() < host.session() && !spokenOf.contains(task)) {
          String why = host.node() + " was restarted";
          lost(task, element, Proof.HOST_WORD, why, now.epochMillis());
        }
      }
    }
    return new Decision(events, null);
  }

  /** Whether the host speaks of the present incarnation, which it has or had last. */
  private static boolean concerns(Element element, Report.Guest guest, HostId host) {
    return element.incarnation() == guest.incarnation()
        && element.host() != null
        && element.host().node().equals(host.node())
        && element.host().session() <= host.session()
        && (element.isPlaced() || element.phase() == Element.Phase.WAITING && element.lapsed());
  }

  /** Reads one guest; true when an event came of it. */
  private boolean read(TaskKey task, Element element, Report.Guest guest, HostId host) {
    int before = events.size();
    switch (guest.state()) {
      case GuestState.Preparing() -> {}
      case GuestState.Running running -> {
        // Handed on to a newer session; or over, and its output is still on the way here.
        return element.host().session() < host.session();
      }
      case GuestState.AsksToMove asks -> {
        if (element.isPlaced() && holds(element, host)) {
          asksToMove(task, element, asks);
        }
      }
      case GuestState.Left left -> left(task, element, left, host);
      case GuestState.Refused refused -> refused(task, element, refused);
      case GuestState.Ended ended -> ended(task, element, ended, host);
    }
    return events.size() > before;
  }

  private boolean holds(Element element, HostId host) {
    HostLink link = links.host(host.node());
    return link == null ? element.host().equals(host) : link.holds(element.host());
  }

  private void asksToMove(TaskKey task, Element element, GuestState.AsksToMove asks) {
    if (asks.move() <= element.move()) {
      return;
    }
    String obstacle = obstacle(element, asks.target());
    if (obstacle != null) {
      events.add(
          new BooksEvent.MoveAborted(
              task.job(), task.position(), asks.move(), obstacle, now.epochMillis()));
      return;
    }
    events.add(
        new BooksEvent.Moved(
            task.job(),
            task.position(),
            element.host(),
            asks.target(),
            books.fromBackup().next(task.job(), element.incarnation()),
            asks.move(),
            asks.image(),
            asks.reason(),
            asks.predictedGainSeconds(),
            asks.pausedAtMillis(),
            now.epochMillis()));
  }

  private String obstacle(Element element, HostId target) {
    HostLink link = links.host(target.node());
    if (element.cancelled()) {
      return "it is cancelled";
    }
    if (Freezing.isWished(element)) {
      return "it is to be frozen";
    }
    if (target.node().equals(element.host().node())) {
      return "it is there already";
    }
    return link != null && link.host().session() > target.session()
        ? target.node() + " was restarted"
        : null;
  }

  private void left(TaskKey task, Element element, GuestState.Left left, HostId host) {
    if (element.cancelled()) {
      end(task, element, Outcome.CANCELLED, null, host, left.ends(), 0);
      return;
    }
    if (!element.isPlaced()) {
      // It waits because its lease lapsed; now its host brings a newer image of it.
      if (left.image() != null && Decider.needs(element, guestOf(element), left.image())) {
        leave(task, element, left.image(), left);
      }
      return;
    }
    if (left.image() == null && !books.job(task.job()).spec().restartsWhenLost()) {
      end(task, element, Outcome.LOST, null, host, left.ends(), 0);
      return;
    }
    Image from = left.image() != null ? left.image() : element.resumeFrom();
    leave(task, element, from, left);
  }

  private void leave(TaskKey task, Element element, Image from, GuestState.Left left) {
    FrozenBy frozen = Freezing.whoFroze(element, left.frozen());
    // Longer each time: else a process could go back and forth between the marks of its hosts.
    boolean byHost = frozen != null && frozen != FrozenBy.HAND && !Freezing.isWished(element);
    long rest = byHost ? books.limits().retry().restMillis(element.freezes()) : 0;
    long notBefore = rest == 0 ? 0 : now.epochMillis() + rest;
    requeue(task, element, Proof.HOST_WORD, from, left.why(), false, 0, notBefore, frozen);
  }

  private static int guestOf(Element element) {
    return element.incarnation();
  }

  private void refused(TaskKey task, Element element, GuestState.Refused refused) {
    if (element.cancelled()) {
      end(task, element, Outcome.CANCELLED, null, element.host(), OutputEnds.NONE, 0);
      return;
    }
    if (!element.isPlaced()) {
      return;
    }
    Image from = element.image();
    if (refused.code() == RefusalCode.NO_IMAGE && from != null) {
      from = afterNoImage(task, element);
    }
    String why = element.host().node() + ": " + refused.why();
    if (!Objects.equals(from, element.image())) {
      why += "; " + Decider.fallback(from);
    }
    requeue(task, element, Proof.REFUSED, from, why, false);
  }

  /**
   * The image at a host is gone: the one at home, if there is; that one fails too often: the one
   * before; or afresh.
   */
  private Image afterNoImage(TaskKey task, Element element) {
    Image kept = element.checkpoint();
    boolean wasKept = kept != null && kept.equals(element.image());
    if (!wasKept) {
      return kept;
    }
    return links.noImage(task) < NO_IMAGE_MAX ? kept : element.earlier();
  }

  private void ended(TaskKey task, Element element, GuestState.Ended ended, HostId host) {
    JobSpec spec = books.job(task.job()).spec();
    Exit exit = ended.exit();
    if (element.cancelled()) {
      end(task, element, Outcome.CANCELLED, exit, host, ended.ends(), ended.startedAtMillis());
    } else if (exit.ok()) {
      end(task, element, Outcome.DONE, exit, host, ended.ends(), ended.startedAtMillis());
    } else if (element.failures() < spec.retries() && element.isPlaced()) {
      String why = "failed with " + exit.shellStatus() + " on " + host.node();
      long rest = books.limits().retry().restMillis(element.failures());
      long notBefore = rest == 0 ? 0 : now.epochMillis() + rest;
      requeue(task, element, Proof.HOST_WORD, null, why, true, 0, notBefore, null);
    } else {
      end(task, element, Outcome.FAILED, exit, host, ended.ends(), ended.startedAtMillis());
    }
  }

  /** The host lives and was awake: that it was silent says nothing against what ran there. */
  private void clear(TaskKey task, Element element, int incarnation, HostId host) {
    boolean charged =
        element.losses().stream()
            .anyMatch(l -> l.incarnation() == incarnation && l.node().equals(host.node()));
    if (charged) {
      events.add(
          new BooksEvent.Cleared(task.job(), task.position(), incarnation, now.epochMillis()));
    }
  }

  /**
   * What becomes of a task whose present incarnation is known not to run, without a word of it.
   *
   * @param hostLostAt when its host was lost, epoch milliseconds
   */
  void lost(TaskKey task, Element element, Proof proof, String why, long hostLostAt) {
    if (element.cancelled()) {
      end(task, element, Outcome.CANCELLED, null, element.host(), OutputEnds.NONE, 0);
    } else if (books.job(task.job()).spec().restartsWhenLost()) {
      long charged = mayHaveRun(task, element) && books.limits().poisonAfter() > 0 ? hostLostAt : 0;
      requeue(task, element, proof, element.resumeFrom(), why, false, charged, 0, null);
    } else {
      end(task, element, Outcome.LOST, null, element.host(), OutputEnds.NONE, 0);
    }
  }

  /** Its host said that it ran; or may have said so to an earlier opening. */
  private boolean mayHaveRun(TaskKey task, Element element) {
    GrantedLeases.Grant grant = links.leases().of(task, element.incarnation());
    boolean placedByThisOpening = grant != null && grant.placedMillis() != Long.MIN_VALUE;
    return !placedByThisOpening || links.hasRun(task, element.incarnation());
  }

  List<BooksEvent> events() {
    return events;
  }

  private void requeue(
      TaskKey task, Element element, Proof proof, Image from, String why, boolean failure) {
    requeue(task, element, proof, from, why, failure, 0, 0, null);
  }

  private void requeue(
      TaskKey task,
      Element element,
      Proof proof,
      Image from,
      String why,
      boolean failure,
      long hostLostAt,
      long notBefore,
      FrozenBy frozen) {
    events.add(
        new BooksEvent.Requeued(
            task.job(),
            task.position(),
            element.incarnation(),
            proof,
            from,
            why,
            failure,
            now.epochMillis(),
            hostLostAt,
            notBefore,
            frozen));
  }

  private void end(
      TaskKey task,
      Element element,
      Outcome outcome,
      Exit exit,
      HostId host,
      OutputEnds ends,
      long startedAt) {
    events.add(
        new BooksEvent.Ended(
            task.job(),
            List.of(Run.of(task.position())),
            outcome,
            exit,
            element.incarnation(),
            host,
            ends,
            // Its body here began after a move: the run began at the first host.
            element.movesCount() > 0 ? element.sinceMillis() : startedAt,
            now.epochMillis()));
  }
}
