package dev.mosey.policy.books;

import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.event.BooksEvent.Proof;
import dev.mosey.protocol.id.NodeName;
import java.util.List;

/** What the passing of time and the operator's word prove. */
final class LossReader {
  private final Books books;
  private final HomeLinks links;
  private final Now now;

  LossReader(Books books, HomeLinks links, Now now) {
    this.books = books;
    this.links = links;
    this.now = now;
  }

  /**
   * Tasks whose last lease has lapsed. Guests of this home's own node have none, and never lapse,
   * unless these books may be opened elsewhere: then another machine may have borne that name.
   */
  Decision tick() {
    ReportReader reader = new ReportReader(books, links, now);
    for (NodeName node : books.hosts()) {
      boolean own = node.equals(books.openedBy().node()) && !links.leaseRules().ownToo();
      boolean speaks = own || links.speaks(node, books.limits(), now);
      if (speaks && !books.fromBackup().exists()) {
        continue;
      }
      for (TaskKey task : books.placedAt(node)) {
        Element element = books.elementOf(task);
        if (speaks && !isGone(node, task, element)) {
          continue;
        }
        long lease = HomeLinks.leaseOf(books.job(task.job()).spec(), books.limits());
        if (now.bootMillis() >= links.lapsesAt(task, element, lease)) {
          String why = node + (speaks ? " has it no more" : " was silent for its lease");
          reader.lost(task, element, Proof.LEASE_LAPSED, why, speaks ? 0 : lastWord(node));
        }
      }
    }
    return new Decision(reader.events(), null);
  }

  /** What only a backup says to be at a node that lives, and that says nothing of it. */
  private boolean isGone(NodeName node, TaskKey task, Element element) {
    HostLink link = links.host(node);
    return books.fromBackup().has(task.job(), element.incarnation())
        && (link == null || link.guest(books.processOf(task), element.incarnation()) == null);
  }

  /** When the node was heard last, epoch milliseconds; now when it was not since the opening. */
  private long lastWord(NodeName node) {
    HostLink link = links.host(node);
    boolean heard = link != null && link.isHeard();
    return heard
        ? now.epochMillis() - (now.bootMillis() - link.receivedMillis())
        : now.epochMillis();
  }

  Decision forget(NodeName node) {
    if (node.equals(books.openedBy().node())) {
      return Decision.refused(
          "bad-request",
          node + " is the node of these books: what runs here is known",
          "cancel what should not run");
    }
    ReportReader reader = new ReportReader(books, links, now);
    for (TaskKey task : books.placedAt(node)) {
      String why = node + " was forgotten";
      reader.lost(task, books.elementOf(task), Proof.FORGOTTEN, why, lastWord(node));
    }
    return new Decision(
        reader.events(), new BooksReply.Done(List.copyOf(books.placedAt(node)).size()));
  }
}
