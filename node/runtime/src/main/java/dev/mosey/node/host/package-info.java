/**
 * Runs the processes that are placed on this node: {@link dev.mosey.node.host.ProcessHost} round
 * the pure {@code Guests}, one {@link dev.mosey.node.host.GuestProcess} per guest, and the bodies
 * they drive.
 */
package dev.mosey.node.host;
