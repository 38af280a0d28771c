/** Machines, tasks, network and failures under virtual time, and what schedules them. */
package dev.mosey.sim.cluster;
