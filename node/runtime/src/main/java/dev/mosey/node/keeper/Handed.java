package dev.mosey.node.keeper;

/**
 * A keeper between two daemons of one process: what the program that takes this one's place needs
 * to go on with it. The descriptors are open in this process, and stay so in its successor.
 *
 * @param pid the keeper's process id
 * @param toKeeper the pipe to it
 * @param fromKeeper the pipe from it
 * @param complaints its stderr
 * @param lastBody the greatest body id that was used
 */
public record Handed(long pid, int toKeeper, int fromKeeper, int complaints, long lastBody) {}
