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
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A home machine with its journal, its clock and the orders that it sent. */
final class HomeBench {
  static final long LEASE = 10_000;
  static final LeaseRules RULES = new LeaseRules(0.01, 0);

  final List<BooksEvent> journal = new ArrayList<>();
  final List<Effect> effects = new ArrayList<>();
  HomeMachine machine;
  long millis = 1_000_000;
  private final Map<NodeName, Long> seqs = new HashMap<>();
  private final BooksLimits limits;
  private final LeaseRules rules;

  HomeBench() {
    this(BooksLimits.USUAL);
  }

  HomeBench(BooksLimits limits) {
    this(limits, RULES);
  }

  HomeBench(BooksLimits limits, LeaseRules rules) {
    this.limits = limits;
    this.rules = rules;
    machine = new HomeMachine(new Books(Specs.HOME, limits), rules, Rules.SAFE, now());
    open();
  }

  Now now() {
    return new Now(millis + 1_000_000_000, millis);
  }

  /** Loses all that is not journalled, and opens again. */
  void restart() {
    Books books = new Books(Specs.HOME, limits);
    journal.forEach(books::apply);
    machine = new HomeMachine(books, rules, Rules.SAFE, now());
    open();
  }

  /** Loses all that is not in the backup, which is brought back. */
  void restoreFrom(List<BooksEvent> backup) {
    journal.clear();
    journal.addAll(backup);
    Books books = new Books(Specs.HOME, limits);
    journal.forEach(books::apply);
    machine = new HomeMachine(books, RULES, Rules.SAFE, now());
    run(new BooksCommand.Open(new HostId(Specs.HOME, 2), "store", true, true));
  }

  private void open() {
    run(new BooksCommand.Open(new HostId(Specs.HOME, 1), "store", false));
  }

  BooksReply run(BooksCommand command) {
    effects.clear();
    Turn turn = machine.turn(List.of(command), now());
    journal.addAll(turn.events());
    effects.addAll(turn.effects());
    return turn.replies().get(0);
  }

  /** Events that the command led to. */
  List<BooksEvent> events(BooksCommand command) {
    int before = journal.size();
    run(command);
    return List.copyOf(journal.subList(before, journal.size()));
  }

  long submit(JobSpec spec) {
    return ((BooksReply.Accepted) run(new BooksCommand.Submit(null, spec, false))).id().number();
  }

  BooksReply place(long job, HostId host, int... positions) {
    List<Run> runs = new ArrayList<>();
    for (int position : positions) {
      runs.add(Run.of(position));
    }
    return run(new BooksCommand.Place(List.of(new Assignment(job, runs, host))));
  }

  List<BooksEvent> report(HostId host, Report.Guest... guests) {
    long seq = seqs.merge(host.node(), 1L, Long::sum);
    return events(new BooksCommand.HostReport(new Report(host, seq, null, List.of(guests))));
  }

  /** The report of a session to which an older one has handed its guests. */
  List<BooksEvent> handedOn(HostId host, long continues, Report.Guest... guests) {
    long seq = seqs.merge(host.node(), 1L, Long::sum);
    return events(
        new BooksCommand.HostReport(
            new Report(host, seq, null, List.of(guests), false, continues)));
  }

  /** All orders of the last command to this node. */
  List<Order> orders(HostId host) {
    List<Order> orders = new ArrayList<>();
    for (Effect effect : effects) {
      if (effect instanceof Effect.SendOrders(NodeName to, Orders sent) && sent.to().equals(host)) {
        orders.addAll(sent.orders());
      }
    }
    return orders;
  }

  Element element(long job, int position) {
    return machine.books().job(job).element(position);
  }

  static ProcessId id(long job) {
    return new ProcessId(Specs.HOME, job, ProcessId.SINGLE);
  }

  static Report.Guest guest(long job, int incarnation, GuestState state) {
    return Report.Guest.of(id(job), incarnation, state);
  }

  static GuestState running() {
    return new GuestState.Running(1, null);
  }

  static GuestState ended(int code) {
    return new GuestState.Ended(Exit.code(code), OutputEnds.NONE, 1, 2);
  }

  static GuestState left(Image image) {
    return new GuestState.Left(image, OutputEnds.NONE, "left");
  }

  static GuestState asks(int move, HostId target, Image image) {
    return new GuestState.AsksToMove(move, target, image, OutputEnds.NONE, "hand", 0, 5);
  }
}
