package dev.mosey.policy.balance;

import java.util.Locale;

/** Why a process stays. Names are stable: users' scripts see them in lower case. */
public enum StayReason {
  /** Nothing runs here that could go. */
  NO_CANDIDATE("nothing runs here that could move"),
  /** Its job said {@code --move never}. */
  CANNOT_MOVE("it cannot move: its job was submitted to stay where it starts"),
  /** Its owner locked it. */
  LOCKED("it is locked to its place"),
  /** It starts or moves. */
  NOT_SETTLED("it starts or moves already"),
  /** Minimum residency. */
  RESIDENT_TOO_SHORT("it has been here for less than the residency"),
  /** After a failed move. */
  BACKING_OFF("its last move failed; it is left alone for a while"),
  /** Image above the bound. */
  TOO_BIG("its image is larger than cost.image-max"),
  /** Nobody known freshly. */
  NO_FRESH_PEER("no other open node has reported within report-age-max"),
  /** Nobody with room that is allowed. */
  NO_ROOM("no other node that it may use has a slot and the resources free"),
  /** Not enough difference. */
  BELOW_DIFFERENTIAL("no other node would be less loaded by the differential after its arrival"),
  /** It does not pay. */
  GAIN_TOO_SMALL("moving costs more than it would gain"),
  /** After moves that did not pay. */
  CAUTIOUS("it would gain, but moves have not paid lately: only larger gains count for a while"),
  /** Bounds of a round. */
  ROUND_FULL("others went first: this round had its moves"),
  /** Chance, against herds. */
  LEFT_TO_OTHERS("several nodes want to fill the same room; this round it was left to the others"),
  /** Switched by mosctl stay. */
  NODE_STAYS("its node was told to keep its processes"),
  /** Switched by the tune policy. */
  POLICY_STATIC("under the policy in force nothing moves by itself");

  private final String sentence;

  StayReason(String sentence) {
    this.sentence = sentence;
  }

  /** The reason as a stable word. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The reason as a sentence. */
  public String sentence() {
    return sentence;
  }
}
