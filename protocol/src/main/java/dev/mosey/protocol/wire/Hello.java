package dev.mosey.protocol.wire;

import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.NodeName;
import java.util.Set;

/**
 * A node presents itself: before it joins, to a node it knows (a knock), and to every member that
 * comes up. The answer is the other's own hello.
 *
 * @param books its identity
 * @param protocol highest version of the protocol it speaks
 * @param capabilities what it can do, by name; what both have may be used between them
 * @param settings digest of the settings in which all members must agree
 * @param inCluster whether it is a member of a formed cluster
 * @param members the members it knows or remembers
 * @param httpUrl where its HTTP interface is
 * @param streamAddress HOST:PORT of its stream server for blobs and images
 * @param knock number of the knock, growing with every one of the sender's; an answer has the
 *     number that it answers
 * @param supports in an answer of a node outside: who may found the cluster as far as it is
 *     concerned, or null when it is bound to another one or to nobody
 * @param refusal null, or why the receiver is not let in, in one line
 * @param answer whether this answers a hello: answers are not answered
 */
public record Hello(
    BooksId books,
    int protocol,
    Set<String> capabilities,
    String settings,
    boolean inCluster,
    Set<NodeName> members,
    String httpUrl,
    String streamAddress,
    long knock,
    NodeName supports,
    String refusal,
    boolean answer)
    implements WireMessage {
  /** Copies the sets. */
  public Hello {
    capabilities = Set.copyOf(capabilities);
    members = Set.copyOf(members);
  }
}
