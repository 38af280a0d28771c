/** The command line of {@code mosim}: options, tables, help. */
package dev.mosey.sim.cli;
