/** What people and scripts read: tables, JSON, ids. */
package dev.mosey.tools.output;
