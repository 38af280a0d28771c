/** Gossip alone under virtual time: measured ages beside those that the formulas promise. */
package dev.mosey.sim.gossip;
