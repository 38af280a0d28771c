/** The lease: the arithmetic behind "at most one incarnation of a process runs". */
package dev.mosey.policy.lease;
