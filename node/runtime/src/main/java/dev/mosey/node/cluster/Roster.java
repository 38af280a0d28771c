package dev.mosey.node.cluster;

import dev.mosey.node.cluster.MemberFile.Remembered;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.wire.Hello;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;

/**
 * What one node knows of the others: the members by Pekko's word, their hellos, and those that it
 * remembers. A plain object of the {@link Membership}'s actor.
 */
final class Roster {
  private static final Set<MemberStatus> PRESENT =
      Set.of(MemberStatus.up(), MemberStatus.weaklyUp(), MemberStatus.leaving());

  private final NodeName self;
  private final Map<UniqueAddress, Member> members = new HashMap<>();
  private final Set<UniqueAddress> unreachable = new HashSet<>();
  private final Map<NodeName, Said> said = new HashMap<>();
  private final Map<NodeName, Remembered> remembered = new TreeMap<>();
  private final Map<NodeName, Long> awaySince = new HashMap<>();

  /** A hello with its sender's session and address. */
  record Said(HostId from, String address, Hello hello) {}

  Roster(NodeName self, List<Remembered> remembered) {
    this.self = self;
    remembered.forEach(each -> this.remembered.put(each.name(), each));
    this.remembered.remove(self);
  }

  /** Takes note of a member in its present status. */
  void member(Member member) {
    if (PRESENT.contains(member.status())) {
      members.put(member.uniqueAddress(), member);
    } else {
      members.remove(member.uniqueAddress());
      unreachable.remove(member.uniqueAddress());
    }
  }

  void reachable(Member member, boolean answers) {
    if (answers) {
      unreachable.remove(member.uniqueAddress());
    } else {
      unreachable.add(member.uniqueAddress());
    }
  }

  /** Takes note of a hello; returns false when a later life of that node has spoken already. */
  boolean said(Said hello) {
    Said before = said.get(hello.from().node());
    if (before != null && before.from().session() > hello.from().session()) {
      return false;
    }
    said.put(hello.from().node(), hello);
    return true;
  }

  /** Takes the present members into what is remembered. */
  void rememberMembers() {
    byName()
        .forEach(
            (name, member) -> {
              String store = PekkoConfig.storeIn(member.getRoles());
              remembered.put(name, new Remembered(name, addressOf(member), store));
            });
    remembered.remove(self);
  }

  void forget(NodeName name) {
    remembered.remove(name);
    said.remove(name);
  }

  /** All that were met, by name; not this node itself. */
  Map<NodeName, Remembered> remembered() {
    return remembered;
  }

  /** Whether this very life of a node is a member. */
  boolean has(UniqueAddress address) {
    return members.containsKey(address);
  }

  /** Members, this node among them. */
  Set<NodeName> memberNames() {
    return byName().keySet();
  }

  /** Identity of each member's books. */
  Map<NodeName, String> stores() {
    Map<NodeName, String> stores = new HashMap<>();
    byName().forEach((name, member) -> stores.put(name, PekkoConfig.storeIn(member.getRoles())));
    return stores;
  }

  /** Where each other member is. */
  Map<NodeName, String> addresses() {
    Map<NodeName, String> addresses = new HashMap<>();
    byName().forEach((name, member) -> addresses.put(name, addressOf(member)));
    addresses.remove(self);
    return addresses;
  }

  /** Members of this name at another address than this: an earlier life that is over. */
  List<Member> elsewhere(NodeName name, String address) {
    List<Member> others = new ArrayList<>();
    for (Member member : members.values()) {
      if (name.value().equals(PekkoConfig.nameIn(member.getRoles()))
          && !addressOf(member).equals(address)) {
        others.add(member);
      }
    }
    return others;
  }

  /** Members that have not said hello from where they are now. */
  Map<NodeName, String> silent() {
    Map<NodeName, String> silent = addresses();
    silent
        .entrySet()
        .removeIf(
            each -> {
              Said last = said.get(each.getKey());
              return last != null && last.address().equals(each.getValue());
            });
    return silent;
  }

  MembershipView view(boolean member, long nowMillis) {
    Map<NodeName, MembershipView.Node> nodes = new TreeMap<>();
    Map<NodeName, Member> present = byName();
    Set<NodeName> names = new HashSet<>(remembered.keySet());
    names.addAll(present.keySet());
    for (NodeName name : names) {
      Member found = present.get(name);
      boolean answers = found != null && !unreachable.contains(found.uniqueAddress());
      if (answers) {
        awaySince.remove(name);
      } else {
        awaySince.putIfAbsent(name, nowMillis);
      }
      String address = found == null ? remembered.get(name).address() : addressOf(found);
      Said last = said.get(name);
      nodes.put(
          name,
          new MembershipView.Node(
              name,
              address,
              found != null,
              answers,
              awaySince.getOrDefault(name, 0L),
              last == null ? null : last.hello()));
    }
    awaySince.keySet().retainAll(names);
    return new MembershipView(self, member, nodes);
  }

  /**
   * Of two members of one name that one which answers, else the younger: the other is a past life.
   */
  private Map<NodeName, Member> byName() {
    Map<NodeName, Member> byName = new TreeMap<>();
    for (Member member : members.values()) {
      String name = PekkoConfig.nameIn(member.getRoles());
      if (name != null) {
        byName.merge(NodeName.of(name), member, this::better);
      }
    }
    return byName;
  }

  private Member better(Member one, Member other) {
    boolean oneAnswers = !unreachable.contains(one.uniqueAddress());
    boolean otherAnswers = !unreachable.contains(other.uniqueAddress());
    if (oneAnswers != otherAnswers) {
      return oneAnswers ? one : other;
    }
    return one.isOlderThan(other) ? other : one;
  }

  private static String addressOf(Member member) {
    return member.address().hostPort().substring(member.address().hostPort().indexOf('@') + 1);
  }
}
