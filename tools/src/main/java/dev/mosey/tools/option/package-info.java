/**
 * The one model of tools, verbs and options, from which parser, help, manual pages and completions
 * come.
 */
package dev.mosey.tools.option;
