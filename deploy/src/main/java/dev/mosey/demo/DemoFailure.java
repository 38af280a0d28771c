package dev.mosey.demo;

/** Something that the demo promised did not happen; the message says what. */
public final class DemoFailure extends RuntimeException {
  /** With a sentence for the user. */
  public DemoFailure(String message) {
    super(message);
  }
}
