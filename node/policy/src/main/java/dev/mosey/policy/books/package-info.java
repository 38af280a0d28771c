/**
 * A home: its durable {@code Books}, what it heard of hosts ({@code HomeLinks}), and the machine
 * that turns commands into events, answers and orders.
 */
package dev.mosey.policy.books;
