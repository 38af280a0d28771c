package dev.mosey.chaos;

import java.util.List;

/** Something that goes wrong with nodes, and is put right by itself after a while. */
public sealed interface Fault {
  /** The daemon dies at once and is started again. */
  record KillDaemon(String node, long downMillis) implements Fault {}

  /** The daemon stops where it is and goes on; keeper and bodies are not touched. */
  record FreezeDaemon(String node, long millis) implements Fault {}

  /** Daemon and keeper stop where they are and go on; what runs below them does not. */
  record FreezeBoth(String node, long millis) implements Fault {}

  /** The keeper dies at once. */
  record KillKeeper(String node) implements Fault {}

  /** One of the wardens dies at once, if there is one; with it what it ran. */
  record KillWarden(String node) implements Fault {}

  /** One of the bodies dies at once, if there is one: that is its end. */
  record KillBody(String node) implements Fault {}

  /** The daemon is told to end in order, and is started again. */
  record Restart(String node) implements Fault {}

  /** The daemon is told to let another take its place; what runs there runs on. */
  record Replace(String node) implements Fault {}

  /** All nodes die at once, and come back in this order. */
  record PowerCut(List<String> order, long downMillis) implements Fault {}
}
