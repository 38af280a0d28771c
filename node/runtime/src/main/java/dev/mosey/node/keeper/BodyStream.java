package dev.mosey.node.keeper;

/** The byte streams between a body and its daemon. */
public enum BodyStream {
  /** Standard input, if the body was asked to have a pipe there. */
  STDIN(0),
  /** Standard output. */
  STDOUT(1),
  /** Standard error. */
  STDERR(2),
  /** Both directions of the control channel: the body reads descriptor 3 and writes 4. */
  CONTROL(3);

  private final int code;

  BodyStream(int code) {
    this.code = code;
  }

  /** The number of this stream in frames. */
  int code() {
    return code;
  }

  /** The stream with this number, which comes from a frame. */
  static BodyStream of(int code) {
    for (var stream : values()) if (stream.code == code) return stream;
    throw new IllegalArgumentException("no stream has the number " + code);
  }
}
