package dev.mosey.program;

/**
 * What a step of a {@link Program} leads to.
 *
 * @param <S> the program's state
 */
public sealed interface Step<S> {
  /** Go on from this state. */
  static <S> Step<S> next(S state) {
    return new Next<>(state);
  }

  /** The program has ended well. */
  static <S> Step<S> done() {
    return new Done<>(0);
  }

  /** The program has ended with this exit status, 0 to 255; 0 means well. */
  static <S> Step<S> done(int status) {
    return new Done<>(status);
  }

  /**
   * There is more to do.
   *
   * @param state from which the next step goes on; not null
   */
  record Next<S>(S state) implements Step<S> {
    /** Checks that there is a state. */
    public Next {
      if (state == null) {
        throw new IllegalArgumentException("the next state is null; end with Step.done()");
      }
    }
  }

  /**
   * There is nothing more to do.
   *
   * @param status exit status, 0 to 255; 0 means that it ended well
   */
  record Done<S>(int status) implements Step<S> {
    /** Checks the range. */
    public Done {
      if (status < 0 || status > 255) {
        throw new IllegalArgumentException("an exit status is 0 to 255, not " + status);
      }
    }
  }
}
