package dev.mosey.node.schedule;

/**
 * One moment by both clocks.
 *
 * @param boot milliseconds of the boot clock: for ages
 * @param wall epoch milliseconds: for what users and other machines see
 */
record Times(long boot, long wall) {}
