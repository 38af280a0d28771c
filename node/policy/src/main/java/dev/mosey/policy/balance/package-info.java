/**
 * Which process leaves this node, for where, and why the others stay. One interface decides about
 * places and moves, so that both follow one idea of cost. Pure.
 */
package dev.mosey.policy.balance;
