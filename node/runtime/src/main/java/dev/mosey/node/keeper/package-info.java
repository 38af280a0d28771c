/**
 * Runs bodies, and ends them when their time is up: the daemon's side of the keeper.
 *
 * <p>{@link dev.mosey.node.keeper.Keepers#start} gives a {@link dev.mosey.node.keeper.Keeper}: the
 * native one ({@code node/keeper}, where the frames between the two are described) or, where that
 * could not be compiled, one in Java with the same contract and weaker supervision. Nothing here
 * knows of actors; callbacks come on a thread of the keeper and must not block.
 */
package dev.mosey.node.keeper;
