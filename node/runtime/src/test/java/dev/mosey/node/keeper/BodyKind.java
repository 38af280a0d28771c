package dev.mosey.node.keeper;

/**
 * Bodies that are ever harder to end. Each ends by itself after some minutes at most: a keeper that
 * is broken must not leave a machine with something that forks for ever.
 */
enum BodyKind {
  PLAIN("exec sleep 300", 1),
  SETSID_CHILD("setsid sleep 300 & sleep 300", 3),
  DOUBLE_FORKED_DAEMON("(setsid sh -c 'setsid sleep 300 & exit' &); sleep 300", 3),
  FORKING_FOREVER(
      "I=0; while [ $I -lt 5000 ]; do I=$((I+1)); sleep 0.5 & setsid sleep 0.5 & sleep 0.02; done",
      12),
  /** Every process of the chain lives for a moment only, and never below its parent. */
  RUNNING_AWAY(
      "export I=0 NEXT='sleep 0.01; I=$((I+1)); [ $I -lt 6000 ] && setsid sh -c \"$NEXT\" & exit';"
          + " sh -c \"$NEXT\"; sleep 300",
      3);

  private final String script;
  private final int processes;

  BodyKind(String script, int processes) {
    this.script = script;
    this.processes = processes;
  }

  BodySpec.Builder spec(String testMark) {
    return Keeping.shell(script, mark(testMark));
  }

  String mark(String testMark) {
    return testMark + "." + name();
  }

  /** Waits until it has started all that makes it hard. */
  void awaitInFull(String testMark) {
    Keeping.awaitAtLeast(mark(testMark), processes);
  }
}
