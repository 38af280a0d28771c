/**
 * A small reader and writer of JSON trees: far quicker to start than a mapper, which matters for a
 * tool that lives 50 ms.
 */
package dev.mosey.tools.json;
