/** Which node to ask, and how: a small HTTP/1.1 client. */
package dev.mosey.tools.client;
