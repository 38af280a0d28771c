/** mosq: submit, look, wait, steer. */
package dev.mosey.tools.queue;
