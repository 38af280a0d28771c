/** The simulator {@code mosim}: the live node's policy and gossip classes under virtual time. */
package dev.mosey.sim;
