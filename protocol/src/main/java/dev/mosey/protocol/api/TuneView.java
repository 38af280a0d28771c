package dev.mosey.protocol.api;

/**
 * One tune.
 *
 * @param name as in {@code tune --set NAME=VALUE}
 * @param value in force
 * @param unit of the value
 * @param defaultValue when never set
 * @param range allowed values, in words
 * @param meaning what it steers
 */
public record TuneView(
    String name, String value, String unit, String defaultValue, String range, String meaning) {}
