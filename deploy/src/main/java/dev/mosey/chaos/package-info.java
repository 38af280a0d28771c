/**
 * Trouble on purpose: five nodes under work, faults drawn from a seed, and a judge that reads what
 * the jobs themselves wrote down outside of the cluster.
 */
package dev.mosey.chaos;
