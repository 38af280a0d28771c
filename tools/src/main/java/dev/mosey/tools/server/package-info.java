/** The resident server that runs tools for the native front, so that no JVM has to start. */
package dev.mosey.tools.server;
