package dev.mosey.policy.balance;

/**
 * When a host freezes what runs there, and when it takes work again. MOSIX's red and blue marks
 * ({@code freeze.conf}) are {@code aboveLoad} and {@code belowLoad}.
 *
 * @param aboveLoad load above which guests are frozen (1.0 = every core is busy once); 0 = never
 * @param belowLoad load below which the host takes work again, what was frozen among it; lower than
 *     {@code aboveLoad}, so that one process frozen or thawed does not carry it over both
 * @param keepRunning so many guests are left running whatever the load
 * @param leastPriority guests of this priority number or a greater, less urgent one are frozen
 * @param pauseMillis between two processes: until the load shows what the first has brought
 * @param memoryMillis for how long memory must have been short, and what can move had its chance
 *     to, before something is frozen for it; 0 = never
 */
public record FreezeRules(
    double aboveLoad,
    double belowLoad,
    int keepRunning,
    int leastPriority,
    long pauseMillis,
    long memoryMillis) {
  /** Nothing is ever frozen by its host. */
  public static final FreezeRules NEVER = new FreezeRules(0, 0, 0, 0, 0, 0);

  /**
   * Checks the marks.
   *
   * @throws IllegalArgumentException when {@code belowLoad} is not below {@code aboveLoad}
   */
  public FreezeRules {
    if (aboveLoad > 0 && !(belowLoad < aboveLoad)) {
      throw new IllegalArgumentException(
          "the load below which work is taken must be lower than the one above which it is frozen");
    }
  }

  /** Whether the load matters. */
  public boolean byLoad() {
    return aboveLoad > 0;
  }

  /** Whether memory matters. */
  public boolean byMemory() {
    return memoryMillis > 0;
  }
}
