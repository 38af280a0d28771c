/** The demo: real work through the commands that a user types, on three nodes of this machine. */
package dev.mosey.demo;
