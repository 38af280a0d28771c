package dev.mosey.policy.books;

import dev.mosey.policy.lease.GrantedLeases;
import dev.mosey.policy.lease.LeaseRules;
import dev.mosey.policy.lease.Now;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a home has heard of hosts, and granted them, since its opening. Nothing of it is journalled:
 * the next reports bring it back, and leases of an earlier opening are waited for.
 */
public final class HomeLinks {
  private final long openedMillis;
  private final LeaseRules leaseRules;
  private final Rules rules;
  private final Map<NodeName, HostLink> hosts = new TreeMap<>();
  private final GrantedLeases<TaskKey> leases;
  private final Map<TaskKey, Integer> ran = new HashMap<>();
  private final Map<TaskKey, Lack> lacks = new HashMap<>();
  private final Map<TaskKey, Fetch> fetches = new HashMap<>();
  private final Map<Long, Map<NodeName, Refusal>> refusals = new HashMap<>();
  private final Map<JobId, BooksCommand.DependencyEnded> news = new HashMap<>();
  private final Set<JobId> asked = new HashSet<>();
  private final List<Wish> wishes = new ArrayList<>();
  private final HostTrust trust;

  /**
   * A host's word that it lacks what a job needs.
   *
   * @param code which
   * @param why in its words
   * @param untilMillis when it is tried again, boot-time milliseconds
   */
  public record Refusal(RefusalCode code, String why, long untilMillis) {}

  /** An image on its way here. */
  record Fetch(int incarnation, Image image, int failures, boolean underWay) {}

  /** How often one image could not be had by a host. */
  private record Lack(Blob image, int count) {}

  /** An order that is repeated for a while. */
  record Wish(TaskKey task, Order order, long untilMillis) {}

  /** Nothing heard and nothing granted. */
  public HomeLinks(LeaseRules leaseRules, Rules rules, HostTrust.Rules trust, Now opened) {
    this(leaseRules, rules, opened.bootMillis(), new GrantedLeases<>(), new HostTrust(trust));
  }

  private HomeLinks(
      LeaseRules leaseRules,
      Rules rules,
      long openedMillis,
      GrantedLeases<TaskKey> leases,
      HostTrust trust) {
    this.trust = trust;
    this.leaseRules = leaseRules;
    this.rules = rules;
    this.openedMillis = openedMillis;
    this.leases = leases;
  }

  /** An independent copy. */
  public HomeLinks copy() {
    HomeLinks copy = new HomeLinks(leaseRules, rules, openedMillis, leases.copy(), trust.copy());
    hosts.forEach((node, link) -> copy.hosts.put(node, link.copy()));
    copy.ran.putAll(ran);
    copy.lacks.putAll(lacks);
    copy.fetches.putAll(fetches);
    refusals.forEach((job, byNode) -> copy.refusals.put(job, new TreeMap<>(byNode)));
    copy.news.putAll(news);
    copy.asked.addAll(asked);
    copy.wishes.addAll(wishes);
    return copy;
  }

  /**
   * Notes a report.
   *
   * @return false when it is not newer than what was read, and must be ignored
   */
  boolean heard(Report report, Now now) {
    HostLink link = hosts.get(report.host().node());
    long known = link == null ? 0 : link.host().session();
    boolean stale =
        report.host().session() < known
            || report.host().session() == known && report.seq() <= link.reportSeq();
    if (stale) {
      return false;
    }
    link(report.host()).heard(report, now.bootMillis());
    return true;
  }

  /** The link to this node, brought to this session when it is newer. */
  HostLink link(HostId host) {
    HostLink link = hosts.computeIfAbsent(host.node(), node -> new HostLink(host));
    if (link.host().session() < host.session()) {
      link.session(host);
    }
    return link;
  }

  /** What is known of a node, or null. */
  public HostLink host(NodeName node) {
    return hosts.get(node);
  }

  /** Whether a node spoke within the shortest lease: it is asked, not given up. */
  boolean speaks(NodeName node, BooksLimits limits, Now now) {
    HostLink link = hosts.get(node);
    return link != null
        && link.isHeard()
        && now.bootMillis() - link.receivedMillis() < limits.leaseMillisMin();
  }

  /** Every node of which something is known, by name. */
  public Collection<HostLink> hosts() {
    return Collections.unmodifiableCollection(hosts.values());
  }

  /** When these books were opened, boot-time milliseconds. */
  public long openedMillis() {
    return openedMillis;
  }

  /** The leases that were granted since the opening. */
  public GrantedLeases<TaskKey> leases() {
    return leases;
  }

  /** On which hosts everything fails. */
  public HostTrust trust() {
    return trust;
  }

  /** How long leases are waited for. */
  public LeaseRules leaseRules() {
    return leaseRules;
  }

  /** Which rules are in force. */
  public Rules rules() {
    return rules;
  }

  /**
   * When the task's present incarnation is given up if its host is not heard: every lease of it has
   * lapsed for certain, and its host had a lease's time to say that it has it. Boot-time
   * milliseconds.
   */
  public long lapsesAt(TaskKey task, Element element, long leaseMillis) {
    GrantedLeases.Grant grant = leases.of(task, element.incarnation());
    long patience = leaseRules.homeWaits(leaseMillis);
    if (grant == null || grant.placedMillis() == Long.MIN_VALUE) {
      // An earlier opening may have granted as late as its end.
      long opened = rules.homeWaitsAfterOpening() ? openedMillis + patience : openedMillis;
      return grant == null ? opened : Math.max(opened, grant.untilMillis());
    }
    return Math.max(grant.placedMillis() + patience, grant.untilMillis());
  }

  /**
   * Before this a job that was in a backup may run where the lost books sent it, whatever the
   * backup says: boot-time milliseconds; the past for every other job.
   */
  long settlesAt(Books books, Job job) {
    return books.fromBackup().has(job.number())
        ? openedMillis + leaseRules.homeWaits(leaseOf(job.spec(), books.limits()))
        : Long.MIN_VALUE;
  }

  /** Length of a job's lease. */
  public static long leaseOf(JobSpec spec, BooksLimits limits) {
    return spec.leaseMillis() > 0 ? spec.leaseMillis() : limits.leaseMillisDefault();
  }

  /** Whether a host has said of this incarnation that it ran. */
  public boolean hasRun(TaskKey task, int incarnation) {
    return ran.getOrDefault(task, 0) >= incarnation;
  }

  void ran(TaskKey task, int incarnation) {
    ran.merge(task, incarnation, Math::max);
  }

  /** Which nodes have said that they lack what the job needs; expired words are left out. */
  public Map<NodeName, Refusal> refusals(long job, Now now) {
    Map<NodeName, Refusal> known = refusals.get(job);
    if (known == null) {
      return Map.of();
    }
    Map<NodeName, Refusal> result = new TreeMap<>(known);
    result.values().removeIf(refusal -> refusal.untilMillis() <= now.bootMillis());
    return result;
  }

  void refused(long job, NodeName node, Refusal refusal) {
    refusals.computeIfAbsent(job, j -> new TreeMap<>()).put(node, refusal);
  }

  /** How often an image of the task could not be brought here, since the last success. */
  public int fetchFailures(TaskKey task) {
    Fetch fetch = fetches.get(task);
    return fetch == null ? 0 : fetch.failures();
  }

  /** How often a host said that it could not get the image from which the task was to go on. */
  public int noImage(TaskKey task) {
    Lack lack = lacks.get(task);
    return lack == null ? 0 : lack.count();
  }

  void lackedImage(TaskKey task, Image image) {
    Lack last = lacks.get(task);
    boolean same = last != null && last.image().equals(image.blob());
    lacks.put(task, new Lack(image.blob(), same ? last.count() + 1 : 1));
  }

  Fetch fetch(TaskKey task) {
    return fetches.get(task);
  }

  void fetch(TaskKey task, Fetch fetch) {
    fetches.put(task, fetch);
  }

  /** What became of a job on which others hang, or null. */
  BooksCommand.DependencyEnded news(JobId job) {
    return news.get(job);
  }

  void news(BooksCommand.DependencyEnded what) {
    news.put(what.job(), what);
  }

  /** Notes that it was asked for; false when it was before. */
  boolean ask(JobId job) {
    return asked.add(job);
  }

  void wish(Wish wish) {
    wishes.add(wish);
  }

  /** The wishes for this process; those whose time is over are dropped. */
  List<Wish> wishes(ProcessId id, Now now) {
    if (wishes.isEmpty()) {
      return List.of();
    }
    wishes.removeIf(wish -> wish.untilMillis() <= now.bootMillis());
    return wishes.stream().filter(wish -> wish.order().id().equals(id)).toList();
  }

  /** The task is not with a host any more: what was granted and wished for it is of no use. */
  void left(TaskKey task) {
    leases.forget(task);
    if (!wishes.isEmpty()) {
      wishes.removeIf(wish -> wish.task().equals(task));
    }
  }

  /** The task is over. */
  void ended(TaskKey task) {
    left(task);
    fetches.remove(task);
    ran.remove(task);
    lacks.remove(task);
  }

  /** The job is over. */
  void endedJob(long job) {
    refusals.remove(job);
  }
}
