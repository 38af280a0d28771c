package dev.mosey.policy.books;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Report;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a home has heard of one node since its opening. Read outside this package only. */
public final class HostLink {
  private HostId host;
  private long reportSeq;
  private long continues;
  private long receivedMillis;
  private long ordersSeq;
  private Map<ProcessId, List<Report.Guest>> guests = Map.of();

  HostLink(HostId host) {
    this.host = host;
    this.continues = host.session();
  }

  HostLink copy() {
    HostLink copy = new HostLink(host);
    copy.reportSeq = reportSeq;
    copy.continues = continues;
    copy.receivedMillis = receivedMillis;
    copy.ordersSeq = ordersSeq;
    copy.guests = guests;
    return copy;
  }

  /** The node in its newest session that is known. */
  public HostId host() {
    return host;
  }

  /**
   * Whether what was given to this host may be there now: it is the session that was heard, or one
   * whose guests were handed on to it.
   */
  public boolean holds(HostId given) {
    return given.node().equals(host.node())
        && given.session() >= continues
        && given.session() <= host.session();
  }

  /** The oldest session whose guests may be there now. */
  public long continues() {
    return continues;
  }

  /** Number of the newest report read of this session; 0 = none. */
  public long reportSeq() {
    return reportSeq;
  }

  /** When it was received, boot-time milliseconds; only with a report. */
  public long receivedMillis() {
    return receivedMillis;
  }

  /** Number of the newest orders sent in this opening; 0 = none. */
  public long ordersSeq() {
    return ordersSeq;
  }

  /** Whether a report of this session was read. */
  public boolean isHeard() {
    return reportSeq > 0;
  }

  /** Every process of which the newest report held something. */
  public Collection<ProcessId> processes() {
    return guests.keySet();
  }

  /** What the newest report held of this process, by incarnation. */
  public List<Report.Guest> guests(ProcessId id) {
    return guests.getOrDefault(id, List.of());
  }

  /** What the newest report held of this incarnation, or null. */
  public Report.Guest guest(ProcessId id, int incarnation) {
    for (Report.Guest guest : guests(id)) {
      if (guest.incarnation() == incarnation) {
        return guest;
      }
    }
    return null;
  }

  void session(HostId newer) {
    host = newer;
    continues = newer.session();
    reportSeq = 0;
    guests = Map.of();
  }

  void heard(Report report, long bootMillis) {
    reportSeq = report.seq();
    continues = report.continues() == 0 ? host.session() : report.continues();
    receivedMillis = bootMillis;
    Map<ProcessId, List<Report.Guest>> byProcess = new LinkedHashMap<>();
    for (Report.Guest guest : report.guests()) {
      byProcess.merge(
          guest.id(),
          List.of(guest),
          (a, b) ->
              a.get(0).incarnation() < guest.incarnation()
                  ? List.of(a.get(0), guest)
                  : List.of(guest, a.get(0)));
    }
    guests = byProcess;
  }

  long nextOrders() {
    return ++ordersSeq;
  }

  /** A link to a node of this name in the given session. */
  static HostLink of(NodeName node, long session) {
    return new HostLink(new HostId(node, session));
  }
}
