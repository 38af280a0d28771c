/** What a node's load is, and the bounded table of the loads of all. Pure. */
package dev.mosey.policy.load;
