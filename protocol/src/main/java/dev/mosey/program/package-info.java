/**
 * What a Java program needs in order to run and move under Mosey: three small interfaces. A program
 * implements {@link dev.mosey.program.Program}; everything else follows from its documentation.
 *
 * <p>This package is public API: what compiles against it goes on compiling and running; methods
 * are only ever added, with defaults.
 */
package dev.mosey.program;
