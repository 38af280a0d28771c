package dev.mosey.policy.books;

import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which of the scheduler's matches are journalled: it may have looked at older books. */
final class Placing {
  private final Books books;
  private final HomeLinks links;
  private final Now now;
  private final List<BooksEvent> events = new ArrayList<>();
  private final Map<Long, TaskRuns> taken = new HashMap<>();
  private final Map<NodeName, Integer> probes = new HashMap<>();

  Placing(Books books, HomeLinks links, Now now) {
    this.books = books;
    this.links = links;
    this.now = now;
  }

  Decision decide(BooksCommand.Place place) {
    List<Assignment> done = new ArrayList<>();
    for (Assignment assignment : place.assignments()) {
      Job job = books.job(assignment.job());
      boolean settled = job != null && links.settlesAt(books, job) <= now.bootMillis();
      if (settled && mayStart(job) && mayGo(job, assignment)) {
        List<Run> runs = startable(job, assignment);
        if (!runs.isEmpty()) {
          done.add(new Assignment(job.number(), runs, assignment.host()));
          place(job, runs, assignment);
        }
      }
    }
    return new Decision(events, new BooksReply.Placed(done));
  }

  private boolean mayStart(Job job) {
    boolean timeHasCome =
        !QueueOrder.waitsForItsTime(job) || job.spec().beginMillis() <= now.epochMillis();
    return !job.isHeld() && timeHasCome;
  }

  private boolean mayGo(Job job, Assignment assignment) {
    NodeName node = assignment.host().node();
    HostLink link = links.host(node);
    boolean stale = link != null && link.host().session() > assignment.host().session();
    return !stale && job.spec().mayRunOn(node);
  }

  private List<Run> startable(Job job, Assignment assignment) {
    List<Run> asked = assignment.tasks();
    TaskRuns open = open(job, assignment);
    TaskRuns before = taken.computeIfAbsent(job.number(), n -> new TaskRuns());
    NodeName node = assignment.host().node();
    int trusted = links.trust().room(node, now.bootMillis());
    if (trusted != Integer.MAX_VALUE) {
      trusted = Math.max(0, trusted - probes.getOrDefault(node, 0));
    }
    int left = Math.min(trusted, job.startable() - before.size());
    List<Run> result = new ArrayList<>();
    for (Run run : asked) {
      for (Run ready : job.ready().within(run)) {
        TaskRuns free = TaskRuns.of(List.of(ready)).minus(before).minus(open);
        for (Run part : free.first(left, Integer.MAX_VALUE)) {
          result.add(part);
          before.add(part);
          left -= part.size();
          probes.merge(node, part.size(), Integer::sum);
        }
      }
    }
    return result;
  }

  /** Those of which their last host may have more to say: how they ended, or a newer image. */
  private TaskRuns open(Job job, Assignment assignment) {
    TaskRuns open = new TaskRuns();
    if (job.elements().isEmpty()) {
      return open;
    }
    for (Run run : assignment.tasks()) {
      for (int position = run.from(); position <= run.to(); position++) {
        Element element = job.element(position);
        boolean lapsed = element != null && element.lapsed() && element.host() != null;
        if (lapsed && isOpen(job, element, assignment.host())) {
          open.add(position);
        }
      }
    }
    return open;
  }

  /**
   * The lease of its last incarnation has lapsed, and nothing of it runs. But a host that held it
   * when it spoke last, not long ago, is about to say what it saved; and so may be one that is to
   * get it back and has not spoken to this opening yet.
   */
  private boolean isOpen(Job job, Element element, HostId target) {
    HostLink link = links.host(element.host().node());
    if (link == null || !link.isHeard()) {
      long patience = links.leaseRules().homeWaits(HomeLinks.leaseOf(job.spec(), books.limits()));
      return element.host().equals(target) && now.bootMillis() < links.openedMillis() + patience;
    }
    ProcessId id = TaskKey.process(books.home(), job, element.position());
    Report.Guest last = link.guest(id, element.incarnation());
    boolean held = last != null && last.state() instanceof GuestState.Running;
    boolean speaks = links.speaks(element.host().node(), books.limits(), now);
    return held && speaks;
  }

  private void place(Job job, List<Run> runs, Assignment assignment) {
    Map<Integer, TaskRuns> byIncarnation = new TreeMap<>();
    for (Run run : runs) {
      if (job.elements().isEmpty()) {
        int first = books.fromBackup().next(job.number(), 0);
        byIncarnation.computeIfAbsent(first, i -> new TaskRuns()).add(run);
        continue;
      }
      for (int position = run.from(); position <= run.to(); position++) {
        Element element = job.element(position);
        int last = element == null ? 0 : element.incarnation();
        int next = books.fromBackup().next(job.number(), last);
        byIncarnation.computeIfAbsent(next, i -> new TaskRuns()).add(position);
      }
    }
    byIncarnation.forEach(
        (incarnation, tasks) ->
            events.add(
                new BooksEvent.Placed(
                    job.number(),
                    tasks.runs(),
                    assignment.host(),
                    incarnation,
                    now.epochMillis())));
  }
}
