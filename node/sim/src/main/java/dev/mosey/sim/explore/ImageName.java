package dev.mosey.sim.explore;

import dev.mosey.protocol.id.ProcessId;

/** The model's images: told apart by process, incarnation and attempt, all in the blob's name. */
final class ImageName {
  private ImageName() {}

  static String of(ProcessId id, int incarnation, int attempt) {
    return "%016x%016x%032x".formatted(id.job(), incarnation, attempt);
  }

  static int incarnation(String blob) {
    return (int) Long.parseLong(blob.substring(16, 32), 16);
  }

  static int attempt(String blob) {
    return (int) Long.parseLong(blob.substring(32), 16);
  }
}
