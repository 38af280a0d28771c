/**
 * Runs the very classes of a home and its hosts through every interleaving of messages lost,
 * repeated and reordered, crashes, restarts, cancels, ends and time passing, and checks what is
 * promised.
 */
package dev.mosey.sim.explore;
