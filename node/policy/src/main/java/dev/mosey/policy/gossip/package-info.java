/** Whom a node tells next and what, with the formulas that measured ages must follow. Pure. */
package dev.mosey.policy.gossip;
