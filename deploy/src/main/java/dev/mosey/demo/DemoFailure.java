package dev.mosey.demo;

/** Something that the demo promised did not happen; the message says what. */
final class DemoFailure extends RuntimeException {
  DemoFailure(String message) {
    super(message);
  }
}
