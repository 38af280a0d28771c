package dev.mosey.node.boot;

import dev.mosey.node.store.OutputStore;
import dev.mosey.protocol.id.ProcessId;
import java.util.Collection;
import java.util.Set;

/**
 * Keeps what an incarnation wrote though another begins before it. For proofs: what comes of it
 * must be seen.
 *
 * @param store has the output
 */
record UncutOutput(OutputStore store) implements OutputStore {
  @Override
  public Answer cut(ProcessId process, int stream, long offset, int incarnation) {
    return store.cut(process, stream, store.state(process, stream).size(), incarnation);
  }

  @Override
  public Answer append(ProcessId process, int incarnation, int stream, long offset, byte[] bytes) {
    return store.append(process, incarnation, stream, offset, bytes);
  }

  @Override
  public void sync() {
    store.sync();
  }

  @Override
  public Chunk follow(ProcessId process, int attempt, int stream, long from, int seen, int max) {
    return store.follow(process, attempt, stream, from, seen, max);
  }

  @Override
  public StreamState state(ProcessId process, int stream) {
    return store.state(process, stream);
  }

  @Override
  public void delete(Collection<ProcessId> processes) {
    store.delete(processes);
  }

  @Override
  public Set<ProcessId> processes() {
    return store.processes();
  }

  @Override
  public long compact() {
    return store.compact();
  }

  @Override
  public long bytes() {
    return store.bytes();
  }

  @Override
  public void close() {
    store.close();
  }
}
