package dev.mosey.protocol.wire;

import dev.mosey.protocol.load.LoadReport;
import dev.mosey.protocol.load.TuneSet;
import java.util.List;

/**
 * One step of the randomized gossip: a window of the freshest reports the sender has, and its
 * tunes.
 *
 * @param window each with its age at sending
 * @param tunes the sender's tunes; the higher version wins
 */
public record Gossip(List<LoadReport> window, TuneSet tunes) implements WireMessage {
  /** Copies the list. */
  public Gossip {
    window = List.copyOf(window);
  }
}
