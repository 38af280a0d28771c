/** Whether a node joins a cluster, founds one, or goes on asking. */
package dev.mosey.policy.join;
