package dev.mosey.protocol.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * A part of a list.
 *
 * @param items this part
 * @param next what to give as {@code after} to get the next part; absent when this is the last
 * @param incomplete homes that did not answer, so that what is theirs is missing; absent when none
 * @param notes one line for each of them, for people
 * @param <T> what is listed
 */
public record Page<T>(
    List<T> items,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String next,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> incomplete,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notes) {
  /** A whole list. */
  public static <T> Page<T> of(List<T> items) {
    return new Page<>(items, null, null, null);
  }
}
