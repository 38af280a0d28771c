package dev.mosey.policy.books;

import dev.mosey.policy.lease.LeaseRules;
import dev.mosey.policy.lease.Now;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A home as one machine: its durable {@link Books} and the {@link HomeLinks} to its hosts.
 *
 * <p>A turn takes a batch of commands and applies in memory what they lead to, so that each command
 * sees the ones before it. What it returns is to be done in this order: journal and sync the events
 * as one record, then answer, then execute the effects. When the write fails the machine is void:
 * nothing may be answered or sent, and the books are opened again from the journal. Events read
 * from the journal are given to {@link Books#apply} before the machine is made; those of a turn are
 * not applied again.
 */
public final class HomeMachine {
  private final Books books;
  private final HomeLinks links;

  /**
   * Round recovered books. The first command must be {@link BooksCommand.Open}.
   *
   * @param books as the snapshot and the journal have them
   * @param lease how long leases are waited for
   * @param rules {@link Rules#SAFE}
   * @param now when these books were recovered: leases granted before are waited for from here
   */
  public HomeMachine(Books books, LeaseRules lease, Rules rules, Now now) {
    this(books, new HomeLinks(lease, rules, books.limits().trust(), now));
  }

  private HomeMachine(Books books, HomeLinks links) {
    this.books = books;
    this.links = links;
  }

  /** An independent copy. */
  public HomeMachine copy() {
    return new HomeMachine(books.copy(), links.copy());
  }

  /** The books, for reading between two turns. */
  public Books books() {
    return books;
  }

  /** What was heard of hosts, for reading between two turns. */
  public HomeLinks links() {
    return links;
  }

  /** State, queue and reasons as users see them, for reading between two turns. */
  public BooksView view() {
    return new BooksView(books, links);
  }

  /** Takes a batch. An empty one is allowed: it settles what recovery left open. */
  public Turn turn(List<BooksCommand> commands, Now now) {
    OneTurn turn = new OneTurn(now);
    commands.forEach(turn::take);
    return turn.end();
  }

  private final class OneTurn {
    private final Now now;
    private final List<BooksEvent> events = new ArrayList<>();
    private final List<BooksReply> replies = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();
    private final Set<NodeName> answering = new LinkedHashSet<>();
    private final Map<HostId, Set<ProcessId>> touched = new LinkedHashMap<>();
    private final Set<TaskKey> suspects = new LinkedHashSet<>();
    private boolean queueChanged;

    OneTurn(Now now) {
      this.now = now;
    }

    void take(BooksCommand command) {
      if (command instanceof BooksCommand.HostReport(Report report)) {
        if (books.openedBy() == null || !links.heard(report, now)) {
          replies.add(null);
          return;
        }
        note(report);
        answering.add(report.host().node());
      }
      Decision decision = books.decide(command, links, now);
      replies.add(decision.reply());
      decision.events().forEach(this::apply);
      if (!(decision.reply() instanceof BooksReply.Refused)) {
        afterwards(command);
      }
    }

    Turn end() {
      if (books.openedBy() != null) {
        judge();
        settle();
        answering.forEach(this::fetchImages);
        OrdersWriter writer = new OrdersWriter(books, links, now);
        answering.forEach(node -> effects.addAll(writer.answer(node)));
        touched.forEach(
            (host, processes) -> {
              if (!answering.contains(host.node())) {
                effects.addAll(writer.push(host, processes));
              }
            });
      }
      if (links.trust().hasChanged(now.bootMillis())) {
        queueChanged = true;
        effects.add(new Effect.TrustChanged(links.trust().excluded()));
      }
      if (queueChanged) {
        effects.add(new Effect.QueueChanged());
      }
      return new Turn(events, replies, effects);
    }

    /** What a report says that is not journalled. */
    private void note(Report report) {
      NodeName node = report.host().node();
      for (Report.Guest guest : report.guests()) {
        TaskKey task = books.taskOf(guest.id());
        Element element = task == null ? null : books.elementOf(task);
        if (element == null || element.incarnation() != guest.incarnation()) {
          continue;
        }
        switch (guest.state()) {
          case GuestState.Running running -> {
            links.ran(task, guest.incarnation());
            links.trust().runs(node, task, now.bootMillis());
          }
          case GuestState.AsksToMove asks -> links.ran(task, guest.incarnation());
          case GuestState.Ended ended -> {
            links.ran(task, guest.incarnation());
            ended(task, element, node, ended);
          }
          case GuestState.Refused refused -> refused(task, element, node, refused);
          case GuestState.Preparing() -> {}
          case GuestState.Left left -> {}
        }
      }
    }

    private void refused(TaskKey task, Element element, NodeName node, GuestState.Refused refused) {
      if (!element.isPlaced()) {
        return;
      }
      switch (refused.code()) {
        case NO_DIRECTORY, NO_COMMAND, NOT_EXECUTABLE, NOT_ABLE -> {
          if (refused.code() == RefusalCode.NOT_ABLE) {
            failedToStart(task, node, refused);
          }
          links.refused(
              task.job(),
              node,
              new HomeLinks.Refusal(
                  refused.code(),
                  refused.why(),
                  now.bootMillis() + books.limits().refusalMillis()));
        }
        case NO_IMAGE -> {
          failedToStart(task, node, refused);
          noImage(task, element.image());
        }
        case FULL, BLOCKED, STALE, STOPPED, UNKNOWN -> {}
      }
    }

    /** What an end says about its host. */
    private void ended(TaskKey task, Element element, NodeName node, GuestState.Ended ended) {
      Exit exit = ended.exit();
      // Who was stopped for a limit, or by hand, says nothing.
      if (!element.isPlaced() || element.cancelled() || exit.why() != null) {
        return;
      }
      long ran = ended.endedAtMillis() - ended.startedAtMillis();
      if (exit.ok() || !links.trust().isAtOnce(ran)) {
        links.trust().wentWell(node, task, now.bootMillis());
      } else {
        String why = books.processOf(task) + " with " + exit.shellStatus();
        links.trust().failed(node, task, why, now.bootMillis());
      }
    }

    private void failedToStart(TaskKey task, NodeName node, GuestState.Refused refused) {
      String why = books.processOf(task) + ": " + refused.why();
      links.trust().failed(node, task, why, now.bootMillis());
    }

    private void noImage(TaskKey task, Image image) {
      if (image == null) {
        return;
      }
      links.lackedImage(task, image);
      if (image.at().equals(books.home())) {
        effects.add(new Effect.CheckImage(books.processOf(task), image));
      }
    }

    /** What an accepted command changes beside the books. */
    private void afterwards(BooksCommand command) {
      switch (command) {
        case BooksCommand.Signal signal ->
            wish(
                signal.job(),
                signal.tasks(),
                (id, element) ->
                    new Order.Signal(id, element.incarnation(), signal.signal(), signal.request()));
        case BooksCommand.PleaseMove move ->
            wish(
                move.job(),
                move.tasks(),
                (id, element) ->
                    new Order.PleaseMove(id, element.incarnation(), move.target(), move.reason()));
        case BooksCommand.Save save ->
            wish(
                save.job(),
                save.tasks(),
                (id, element) -> new Order.Save(id, element.incarnation(), save.request()));
        case BooksCommand.DependencyEnded ended -> {
          links.news(ended);
          books.stir(ended.job());
        }
        case BooksCommand.ImageKept kept -> fetched(kept.process(), kept.incarnation(), true);
        case BooksCommand.ImageNotKept not -> fetched(not.process(), not.incarnation(), false);
        case BooksCommand.Tick() ->
            queueChanged |=
                books.index().timeIs(now.epochMillis())
                    || books.index().hasRetries()
                    || books.fromBackup().exists() && books.waitingTasks() > 0;
        case BooksCommand.Trust trust -> links.trust().trust(trust.node());
        case BooksCommand.Open open -> queueChanged = true;
        case BooksCommand other -> {}
      }
    }

    private interface ToOrder {
      Order of(ProcessId id, Element element);
    }

    private void wish(long number, List<Run> tasks, ToOrder order) {
      Job job = books.job(number);
      if (job == null) {
        return;
      }
      long until = now.bootMillis() + books.limits().wishMillis();
      for (Element element : Decider.placed(job, tasks)) {
        TaskKey task = new TaskKey(number, element.position());
        ProcessId id = books.processOf(task);
        links.wish(new HomeLinks.Wish(task, order.of(id, element), until));
        touch(element.host(), id);
      }
    }

    private void fetched(ProcessId id, int incarnation, boolean kept) {
      TaskKey task = books.taskOf(id);
      HomeLinks.Fetch fetch = task == null ? null : links.fetch(task);
      if (fetch != null && fetch.incarnation() == incarnation) {
        int failures = kept ? 0 : fetch.failures() + 1;
        links.fetch(task, new HomeLinks.Fetch(incarnation, fetch.image(), failures, false));
      }
    }

    private void touch(HostId host, ProcessId id) {
      touched.computeIfAbsent(host, h -> new LinkedHashSet<>()).add(id);
    }

    private void apply(BooksEvent event) {
      events.add(event);
      books.apply(event);
      switch (event) {
        case BooksEvent.Placed e -> placed(e);
        case BooksEvent.Moved e -> {
          TaskKey task = new TaskKey(e.job(), e.task());
          links.left(task);
          links.trust().left(task, now.bootMillis());
          links.leases().placed(task, e.incarnation(), now.bootMillis());
          touch(e.from(), books.processOf(task));
          touch(e.to(), books.processOf(task));
        }
        case BooksEvent.MoveAborted e -> touchHost(e.job(), e.task());
        case BooksEvent.CancelAsked e -> touchHosts(e.job(), e.tasks());
        case BooksEvent.Requeued e -> {
          TaskKey task = new TaskKey(e.job(), e.task());
          links.left(task);
          links.trust().left(task, now.bootMillis());
          queueChanged = true;
          if (e.hostLostAt() > 0) {
            suspects.add(task);
          }
        }
        case BooksEvent.Cleared e -> {
          queueChanged = true;
          suspects.add(new TaskKey(e.job(), e.task()));
        }
        case BooksEvent.Ended e -> {
          ended(e);
          queueChanged = true;
        }
        case BooksEvent.Checkpointed e -> {}
        case BooksEvent.ImageLost e -> {}
        case BooksEvent.Opened e -> {}
        case BooksEvent.Submitted e -> queueChanged = true;
        case BooksEvent.Held e -> {
          queueChanged = true;
          if (e.frozen() != null) {
            touchHosts(e.job(), e.tasks());
          }
        }
        case BooksEvent.Released e -> {
          queueChanged = true;
          touchHosts(e.job(), e.tasks());
        }
        case BooksEvent.Ordered e -> queueChanged = true;
        case BooksEvent.DependencyMet e -> queueChanged = true;
        case BooksEvent.Retried e -> queueChanged = true;
      }
    }

    private void placed(BooksEvent.Placed e) {
      queueChanged = true;
      for (Run run : e.tasks()) {
        for (int position = run.from(); position <= run.to(); position++) {
          TaskKey task = new TaskKey(e.job(), position);
          links.left(task);
          links.leases().placed(task, e.incarnation(), now.bootMillis());
          links.trust().placed(e.host().node(), task, now.bootMillis());
          touch(e.host(), books.processOf(task));
        }
      }
    }

    private void ended(BooksEvent.Ended e) {
      for (Run run : e.tasks()) {
        for (int position = run.from(); position <= run.to(); position++) {
          TaskKey task = new TaskKey(e.job(), position);
          links.ended(task);
          links.trust().left(task, now.bootMillis());
        }
      }
      Job job = books.job(e.job());
      if (job == null || job.isEnded()) {
        links.endedJob(e.job());
      }
    }

    private void touchHosts(long number, List<Run> tasks) {
      Decider.placed(books.job(number), tasks)
          .forEach(element -> touchHost(number, element.position()));
    }

    private void touchHost(long job, int position) {
      TaskKey task = new TaskKey(job, position);
      Element element = books.elementOf(task);
      if (element != null && element.isPlaced()) {
        touch(element.host(), books.processOf(task));
      }
    }

    /** Only now: each loss is judged in the light of all that were noticed with it. */
    private void judge() {
      Suspicion suspicion = new Suspicion(books.lost(), books.limits(), now);
      for (TaskKey task : suspects) {
        Element element = books.elementOf(task);
        String why = element == null ? null : suspicion.against(task.job(), element);
        if (why != null) {
          List<Run> alone = List.of(Run.of(task.position()));
          apply(new BooksEvent.Held(task.job(), now.epochMillis(), alone, why));
        }
      }
    }

    private void settle() {
      Settler settler = new Settler(books, links, now);
      while (!books.unsettled().isEmpty()) {
        List<Long> numbers = List.copyOf(books.unsettled());
        books.looked(numbers);
        for (long number : numbers) {
          Job job = books.job(number);
          if (job != null) {
            Settler.Settlement settlement = settler.settle(job);
            settlement.events().forEach(this::apply);
            settlement
                .ask()
                .forEach(
                    after -> {
                      if (links.ask(after.job())) {
                        effects.add(new Effect.AskDependency(after.job()));
                      }
                    });
          }
        }
      }
    }

    private void fetchImages(NodeName node) {
      HostLink link = links.host(node);
      for (ProcessId id : link.processes()) {
        TaskKey task = books.taskOf(id);
        Element element = task == null ? null : books.elementOf(task);
        if (element == null || element.cancelled() || element.phase() == Element.Phase.ENDED) {
          continue;
        }
        for (Report.Guest guest : link.guests(id)) {
          Image image =
              switch (guest.state()) {
                case GuestState.Running running -> running.checkpoint();
                case GuestState.Left left -> left.image();
                case GuestState.AsksToMove asks -> null;
                case GuestState.Preparing() -> null;
                case GuestState.Refused refused -> null;
                case GuestState.Ended ended -> null;
              };
          if (Decider.needs(element, guest.incarnation(), image)
              && element.incarnation() >= guest.incarnation()) {
            fetch(task, id, guest.incarnation(), image);
          }
        }
      }
    }

    private void fetch(TaskKey task, ProcessId id, int incarnation, Image image) {
      HomeLinks.Fetch last = links.fetch(task);
      boolean same = last != null && last.image().equals(image);
      boolean another = last == null || !same && !last.underWay();
      boolean again = same && !last.underWay() && last.failures() < books.limits().fetchAttempts();
      if (another || again) {
        int failures = same ? last.failures() : 0;
        links.fetch(task, new HomeLinks.Fetch(incarnation, image, failures, true));
        effects.add(new Effect.FetchImage(id, incarnation, image));
      }
    }
  }
}
