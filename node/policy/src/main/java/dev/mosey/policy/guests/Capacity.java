package dev.mosey.policy.guests;

import dev.mosey.protocol.job.Resources;

/**
 * How much a host takes.
 *
 * @param resources what all guests together may ask for
 * @param slots how many guests at most
 */
public record Capacity(Resources resources, int slots) {}
