package dev.mosey.protocol.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * Why a process waits, stays or moved; with the figures that decided.
 *
 * @param id the process or job; absent for the whole queue
 * @param state its state
 * @param summary one sentence
 * @param reason the same as a stable word, for programs
 * @param nodes for each node whether it could run there
 * @param moves its moves so far
 * @param recoverySeconds how long it takes at most until it runs again after its host is lost
 * @param figures by name
 * @param stays why the balancer leaves it where it is
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record WhyView(
    String id,
    String state,
    String summary,
    String reason,
    List<Candidate> nodes,
    List<MoveView> moves,
    Double recoverySeconds,
    Map<String, Double> figures,
    Stays stays) {
  /**
   * Why a process stayed in the last round of balancing.
   *
   * @param reason a stable word: {@code gain_too_small no_fresh_peer locked ...}
   * @param sentence the same for people
   * @param best the node that came nearest; absent when none was looked at
   * @param figures what decided, by name
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Stays(String reason, String sentence, String best, Map<String, Double> figures) {}

  /**
   * One node in the answer.
   *
   * @param node its name
   * @param could whether it could run there now
   * @param why one line
   * @param lasting whether waiting does not change it: it never could, as both are
   */
  public record Candidate(String node, boolean could, String why, boolean lasting) {}
}
