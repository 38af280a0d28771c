/** What this machine's load is, what is known of the others', and the tunes. */
package dev.mosey.node.load;
