/**
 * The benchmarks: what is promised in figures, measured on the built distribution, with what the
 * machine itself takes beside it.
 */
package dev.mosey.bench;
