package dev.mosey.protocol.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.mosey.protocol.id.BooksId;
import java.util.List;
import java.util.Map;

/**
 * One node as users see it.
 *
 * @param name stable name
 * @param state {@code up}, {@code joining}, {@code leaving}, {@code away} (remembered or
 *     unreachable)
 * @param mode {@code open blocked draining}
 * @param stay whether its processes stay when the balancer would move them
 * @param load exported load; 1.0 = every core is busy once
 * @param speed relative to the standard core
 * @param cores usable
 * @param slots most processes at once
 * @param running processes now
 * @param memoryTotalMb MiB
 * @param memoryFreeMb MiB
 * @param swapTotalMb MiB of the machine; 0 = none, or not known
 * @param swapFreeMb MiB
 * @param pressure PSI some avg10 in percent, by {@code cpu memory io}; absent what can't be read
 * @param waiting tasks in its home's queue
 * @param ageSeconds how old this information is
 * @param http its HTTP interface
 * @param address of the cluster's transport
 * @param supervision {@code native} or {@code weak: why}
 * @param unread what it could not read of its machine
 * @param books identity of its books
 * @param version of the program
 * @param movesPay whether the moves from here pay, in one line; only of the node that answers
 * @param ages how old what it knows of the others is, seconds, by {@code average maximal}, beside
 *     {@code expected}, the average that the formula of gossip says; only of the node that answers
 * @param leftOut why the home of the node that answers places nothing there: everything fails there
 * @param away since when it has not answered, ISO-8601
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record NodeView(
    String name,
    String state,
    String mode,
    Boolean stay,
    Double load,
    Double speed,
    Integer cores,
    Integer slots,
    Integer running,
    Long memoryTotalMb,
    Long memoryFreeMb,
    Long swapTotalMb,
    Long swapFreeMb,
    Map<String, Double> pressure,
    Long waiting,
    Double ageSeconds,
    String http,
    String address,
    String supervision,
    List<String> unread,
    Books books,
    String version,
    String away,
    String movesPay,
    Map<String, Double> ages,
    String leftOut) {
  /**
   * The identity of a node's books. Its numbers are texts: JSON's numbers lose digits in many
   * programs, and an epoch is compared, never added up.
   *
   * @param home whose they are
   * @param storeId drawn with the data directory
   * @param epoch as in {@link BooksId}
   * @param opening as in {@link BooksId}
   */
  public record Books(String home, String storeId, String epoch, String opening) {
    /** The same in texts; null for null. */
    public static Books of(BooksId books) {
      return books == null
          ? null
          : new Books(
              books.home().value(),
              books.storeId(),
              Long.toString(books.epoch()),
              Long.toString(books.opening()));
    }
  }
}
