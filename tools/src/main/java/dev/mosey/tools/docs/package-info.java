/** Manual pages and completions, generated from the option model. */
package dev.mosey.tools.docs;
