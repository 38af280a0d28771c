package dev.mosey.chaos;

import java.util.List;
import java.util.Set;

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

  /** One of the wardens stops where it is and goes on, if there is one. */
  record FreezeWarden(String node, long millis) implements Fault {}

  /** One of the bodies dies at once, if there is one: that is its end. */
  record KillBody(String node) implements Fault {}

  /** One of the bodies stops where it is and goes on, if there is one. */
  record FreezeBody(String node, long millis) implements Fault {}

  /** The daemon is told to end in order, and is started again. */
  record Restart(String node) implements Fault {}

  /** The daemon is told to let another take its place; what runs there runs on. */
  record Replace(String node) implements Fault {}

  /**
   * The daemon halts right before the step of the protocol that is named, and is started again.
   *
   * @param count at which time it comes to that step
   */
  record HaltAt(String node, String step, int count, long downMillis) implements Fault {}

  /** The last record of the journal was not written to its end when the machine went down. */
  record TornJournal(String node, long downMillis) implements Fault {}

  /**
   * One bit of the journal is another while the daemon is down: it must not start, until the bit is
   * right again.
   *
   * @param where a share of the file, 0 to 1
   */
  record FlippedJournal(String node, double where) implements Fault {}

  /**
   * One bit of an image that is kept is another, if there is one.
   *
   * @param where a share of all images, and of one, 0 to 1
   */
  record FlippedImage(String node, double where) implements Fault {}

  /** Nothing more can be written to the node's disk. */
  record FullDisk(String node, long millis) implements Fault {}

  /** Whoever writes to the node's disk waits. */
  record StalledDisk(String node, long millis) implements Fault {}

  /**
   * What some nodes send to the others does not arrive.
   *
   * @param oneWay whether what the others send to them does
   */
  record Cut(Set<String> from, boolean oneWay, long millis) implements Fault {}

  /** The database in which all books are dies at once and is started again. */
  record CrashDatabase(long downMillis) implements Fault {}

  /** All nodes die at once, and come back in this order. */
  record PowerCut(List<String> order, long downMillis) implements Fault {}
}
