package dev.mosey.tools.client;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;

/** A home that is away comes back or not: what follows it says so, once, and goes on asking. */
public final class Absence {
  private static final long PAUSE_MILLIS = 1_000;

  private final Run run;
  private boolean said;

  /** Of the home that this run follows. */
  public Absence(Run run) {
    this.run = run;
  }

  /**
   * Says what the answer does, the first time, and pauses; false when it is no such answer: then
   * the home is back.
   *
   * @param before what must happen before something is said
   */
  public boolean goesOn(Answer answer, Runnable before) {
    if (!answer.isAway()) {
      said = false;
      return false;
    }
    if (!said) {
      before.run();
      run.note(answer.failure().getMessage() + "; waiting for it");
      said = true;
    }
    try {
      // sleeps because the home is away and nothing tells when it is back
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw Failure.refused("interrupted", null);
    }
    return true;
  }
}
