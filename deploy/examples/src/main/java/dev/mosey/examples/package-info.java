/** Programs of real use that move while they run; each is one class, to be read and copied. */
package dev.mosey.examples;
