/** The thresholds and measured costs that steer the balancer, in one table. Pure. */
package dev.mosey.policy.tune;
