package dev.mosey.node.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members that a node has met, kept in its data directory: with these it finds its cluster
 * again after a restart, in whatever order the nodes come up, and without them it would found a
 * second one.
 */
public final class MemberFile {
  private static final Logger LOG = LoggerFactory.getLogger(MemberFile.class);

  private final Supplier<Optional<String>> reader;
  private final Consumer<String> writer;
  private List<Remembered> written = List.of();

  /**
   * A member.
   *
   * @param name of it
   * @param address HOST:PORT between nodes, where it was last
   * @param storeId identity of its books; a node of that name with another one is somebody else
   */
  public record Remembered(NodeName name, String address, String storeId) {}

  private record Content(List<Remembered> members) {}

  /**
   * A file, given by how to read it and how to replace it as a whole, durably.
   *
   * @param reader empty when there is no such file
   */
  public MemberFile(Supplier<Optional<String>> reader, Consumer<String> writer) {
    this.reader = reader;
    this.writer = writer;
  }

  /**
   * What was written last; empty at the first start.
   *
   * @throws IllegalArgumentException when it can't be parsed
   */
  List<Remembered> read() {
    Optional<String> text = reader.get();
    if (text.isEmpty()) {
      return List.of();
    }
    byte[] bytes = text.get().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    written = List.copyOf(Json.parse(bytes, Content.class).members());
    return written;
  }

  /** Replaces the content if it differs. A failure is logged: the older list still serves. */
  void write(Collection<Remembered> members) {
    List<Remembered> list = new ArrayList<>(members);
    list.sort(java.util.Comparator.comparing(Remembered::name));
    if (list.equals(written)) {
      return;
    }
    try {
      writer.accept(
          Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(new Content(list)));
      written = list;
    } catch (JsonProcessingException | RuntimeException failed) {
      LOG.warn("the members met can't be remembered: {}", failed.getMessage());
    }
  }
}
