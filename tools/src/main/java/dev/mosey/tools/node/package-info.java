/** Tools about nodes and running processes: mosps, migrate, mosctl, bestnode, tune, moskey. */
package dev.mosey.tools.node;
