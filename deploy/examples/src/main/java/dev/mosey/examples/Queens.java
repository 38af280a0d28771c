package dev.mosey.examples;

import dev.mosey.program.Context;
import dev.mosey.program.Program;
import dev.mosey.program.Step;
import java.util.List;

/**
 * Counts the ways to put N queens on a board of N x N so that none attacks another, by branch and
 * bound. The search keeps its stack in arrays instead of on the Java stack: so it can stop after
 * any node and go on elsewhere.
 *
 * <p>Argument: N, 1 to 20. Known counts: 8 has 92, 12 has 14,200, 15 has 2,279,184.
 */
public final class Queens implements Program<Queens.State> {
  private static final int NODES_PER_STEP = 200_000;

  /**
   * The search: for each row the columns not tried yet, and what the queens above attack.
   *
   * @param size N
   * @param row the row to be filled next; -1 when all is done
   * @param untried by row, a bit per column
   * @param columns by row, columns taken above
   * @param left by row, diagonals that run down to the left
   * @param right by row, diagonals that run down to the right
   * @param solutions found so far
   */
  public record State(
      int size, int row, int[] untried, int[] columns, int[] left, int[] right, long solutions) {}

  @Override
  public Class<State> stateType() {
    return State.class;
  }

  @Override
  public State start(List<String> arguments, Context context) {
    int size = Arguments.integer(arguments, 0, "N, the size of the board", 1, 20);
    var untried = new int[size];
    untried[0] = all(size);
    return new State(size, 0, untried, new int[size], new int[size], new int[size], 0);
  }

  @Override
  public Step<State> step(State state, Context context) {
    int size = state.size();
    int row = state.row();
    long solutions = state.solutions();
    for (int node = 0; node < NODES_PER_STEP && row >= 0; node++) {
      int untried = state.untried()[row];
      if (untried == 0) {
        row--;
        continue;
      }
      int queen = Integer.lowestOneBit(untried);
      state.untried()[row] = untried ^ queen;
      if (row == size - 1) {
        solutions++;
        continue;
      }
      int below = row + 1;
      state.columns()[below] = state.columns()[row] | queen;
      state.left()[below] = (state.left()[row] | queen) << 1;
      state.right()[below] = (state.right()[row] | queen) >>> 1;
      int attacked = state.columns()[below] | state.left()[below] | state.right()[below];
      state.untried()[below] = all(size) & ~attacked;
      row = below;
    }
    if (row < 0) {
      context.println(size + " queens: " + solutions + " ways");
      return Step.done();
    }
    // The first row's untried columns say how far the search is: every branch is about as large.
    int firstLeft = Integer.bitCount(state.untried()[0]);
    context.progress((size - firstLeft - 1) * 100 / size + " %, " + solutions + " ways");
    return Step.next(
        new State(
            size, row, state.untried(), state.columns(), state.left(), state.right(), solutions));
  }

  private static int all(int size) {
    return (1 << size) - 1;
  }
}
