/** Placing what waits, inviting work, and all moves away from this node. */
package dev.mosey.node.schedule;
