package dev.mosey.node.home;

import dev.mosey.node.store.BlobStore;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The lines of {@code --each-line}: a blob with a JSON array of strings, one for each task in their
 * order. Those of the jobs placed last are kept in memory.
 */
final class EntryLines {
  private static final int JOBS_KEPT = 8;

  private final BlobStore blobs;
  private final Map<String, List<String>> kept =
      new LinkedHashMap<>(2 * JOBS_KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<String>> eldest) {
          return size() > JOBS_KEPT;
        }
      };

  EntryLines(BlobStore blobs) {
    this.blobs = blobs;
  }

  /**
   * The line of a task.
   *
   * @throws RuntimeException when the lines can't be read or are too few
   */
  String of(JobSpec spec, ProcessId id) {
    int position = spec.array() == null ? 0 : spec.array().positionOf(id.task());
    return kept.computeIfAbsent(spec.entries().sha256(), name -> read(spec.entries()))
        .get(position);
  }

  private List<String> read(Blob blob) {
    try (InputStream in = blobs.open(blob.sha256())) {
      return List.of(Json.parse(in.readAllBytes(), String[].class));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
