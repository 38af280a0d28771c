/** A host: the incarnations that run on this node, their leases, and the host's side of moves. */
package dev.mosey.policy.guests;
