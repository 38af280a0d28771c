package dev.mosey.policy.load;

import java.util.Arrays;

/** The smallest of many numbers, without sorting the rest: a window of 16 out of 10,000. */
final class Smallest {
  private Smallest() {}

  /**
   * Brings the smallest to the front, in order; what is behind them is in no order.
   *
   * @param values of which the first {@code size} count
   * @param most how many are wanted, 0 to {@code size}
   */
  static void first(long[] values, int size, int most) {
    int low = 0;
    int high = size - 1;
    while (low < high && most > 0 && most < size) {
      int split = partition(values, low, high);
      if (split < most - 1) {
        low = split + 1;
      } else if (split > most - 1) {
        high = split;
      } else {
        break;
      }
    }
    Arrays.sort(values, 0, most);
  }

  /** Hoare's: afterwards nothing up to the returned place is greater than anything behind it. */
  private static int partition(long[] values, int low, int high) {
    long pivot = values[low + high >>> 1];
    int left = low - 1;
    int right = high + 1;
    while (true) {
      do {
        left++;
      } while (values[left] < pivot);
      do {
        right--;
      } while (values[right] > pivot);
      if (left >= right) {
        return right;
      }
      long swapped = values[left];
      values[left] = values[right];
      values[right] = swapped;
    }
  }
}
