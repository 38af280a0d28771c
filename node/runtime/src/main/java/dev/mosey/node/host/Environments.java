package dev.mosey.node.host;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mosey.node.store.BlobStore;
import dev.mosey.protocol.job.Blob;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the environments of jobs from their blobs and keeps the last few: arrays share one. */
final class Environments {
  private static final int KEPT_MAX = 64;
  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<Map<String, String>> TYPE = new TypeReference<>() {};

  private final BlobStore blobs;
  private final Map<String, Map<String, String>> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<String, String>> eldest) {
          return size() > KEPT_MAX;
        }
      };

  Environments(BlobStore blobs) {
    this.blobs = blobs;
  }

  /**
   * The environment; empty for no blob.
   *
   * @throws IOException if the blob is no JSON object of strings
   */
  Map<String, String> of(Blob blob) throws IOException {
    if (blob == null) return Map.of();
    synchronized (kept) {
      var known = kept.get(blob.sha256());
      if (known != null) return known;
    }
    Map<String, String> read;
    try (var in = blobs.open(blob.sha256())) {
      read = Map.copyOf(JSON.readValue(in, TYPE));
    }
    synchronized (kept) {
      kept.put(blob.sha256(), read);
    }
    return read;
  }
}
