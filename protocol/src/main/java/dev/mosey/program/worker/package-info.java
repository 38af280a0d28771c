/**
 * Runs one {@link dev.mosey.program.Program}: {@link dev.mosey.program.worker.Stepper} is the
 * loop's body, shared by the worker JVM ({@link dev.mosey.program.worker.Worker}) and by the daemon
 * for jars that it trusts. Machinery of Mosey, not for programs.
 */
package dev.mosey.program.worker;
