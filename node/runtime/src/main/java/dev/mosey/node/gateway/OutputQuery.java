package dev.mosey.node.gateway;

/**
 * Which part of a process's output is wanted.
 *
 * @param stream 1 or 2
 * @param offset how far the caller has read
 * @param seen incarnation that the last part it read was of: what was cut off since is read again;
 *     {@link Integer#MAX_VALUE} = it has read nothing yet
 * @param max bytes at most
 * @param attempt incarnation whose log is wanted, cut parts included; 0 = what counts now
 */
record OutputQuery(int stream, long offset, int seen, int max, int attempt) {
  /**
   * Whether the part tells the caller more than it knows: more bytes, that it has read further than
   * the stream reaches now, or that nothing more will come.
   */
  boolean isNews(OutputPart part, boolean hasEnded) {
    return part.bytes().length > 0 || part.offset() < offset || hasEnded;
  }
}
