package dev.mosey.policy.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class SmallestTest {
  @Property(tries = 500)
  void bringsTheSmallestToTheFrontInOrder(
      @ForAll @Size(max = 60) @LongRange(min = -20, max = 20) long[] values,
      @ForAll @IntRange(min = 0, max = 60) int wanted) {
    int most = Math.min(wanted, values.length);
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    long[] found = values.clone();
    Smallest.first(found, found.length, most);
    assertThat(Arrays.copyOf(found, most)).isEqualTo(Arrays.copyOf(sorted, most));
    Arrays.sort(found);
    assertThat(found).as("the rest is still there").isEqualTo(sorted);
  }
}
