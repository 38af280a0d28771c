package dev.mosey.node.home;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.mosey.node.store.HistoryStore;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.json.Json;
import java.io.IOException;

/**
 * What ended, on its way into the history. Elements of an array leave out what their job's own row
 * says once for all of them.
 *
 * @param id the process, or a whole array
 * @param endedAtMillis epoch milliseconds
 * @param view what is kept of it
 * @param stdoutFile where its standard output is copied to, or null
 * @param stderrFile the same for standard error
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HistoryRow(
    ProcessId id, long endedAtMillis, JobView view, String stdoutFile, String stderrFile) {
  private static final CBORFactory FORMAT = new CBORFactory();
  private static final ObjectMapper MAPPER = Json.mapper(FORMAT);

  /** The same with a note for its user. */
  HistoryRow noted(String note) {
    return new HistoryRow(id, endedAtMillis, view.noted(note), stdoutFile, stderrFile);
  }

  /** Whether its output is copied to a file. */
  boolean copies() {
    return stdoutFile != null || stderrFile != null;
  }

  /** As the store keeps it. */
  HistoryStore.Entry toEntry() {
    try {
      return new HistoryStore.Entry(id, endedAtMillis, MAPPER.writeValueAsBytes(view));
    } catch (IOException e) {
      throw new IllegalArgumentException("can't be written to the history: " + view, e);
    }
  }

  /**
   * What the store has kept.
   *
   * @throws IllegalArgumentException if it is no row
   */
  static JobView viewOf(HistoryStore.Entry entry) {
    try {
      return MAPPER.readValue(entry.content(), JobView.class);
    } catch (IOException e) {
      throw new IllegalArgumentException("unreadable history of " + entry.process(), e);
    }
  }

  /**
   * Reads an entry field by field, for who needs few of them of very many entries.
   *
   * @throws IOException if it is no row
   */
  static JsonParser fieldsOf(HistoryStore.Entry entry) throws IOException {
    return FORMAT.createParser(entry.content());
  }
}
