package dev.mosey.node.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;

/**
 * Writes marked records to every store, and a line to standard output when each is acknowledged.
 */
final class SyncOrderMain {
  static final int RECORDS = 100;
  private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

  private SyncOrderMain() {}

  /** Twice, far apart: a boundary of a log's blocks can cut only one of them. */
  private static byte[] marked(String kind, int number) {
    var marker = "<" + kind + ":" + number + ">";
    return (marker + ".".repeat(100) + marker).getBytes(US_ASCII);
  }

  private static void acknowledge(String kind, int number) throws IOException {
    OUT.write(("ack <" + kind + ":" + number + ">\n").getBytes(US_ASCII));
  }

  public static void main(String[] arguments) throws IOException {
    try (var store =
        NodeStore.open(
            Path.of(arguments[0]),
            Fixtures.ALPHA,
            Fixtures.plainSettings(),
            Optional.empty(),
            Fixtures.NOW,
            new Random(1))) {
      var prefix = Keys.prefix("home-alpha");
      long offset = 0;
      for (int number = 1; number <= RECORDS; number++) {
        var key = Keys.numbered(prefix, number);
        var event = marked("event", number);
        store.books().commit(new Commit().put(Commit.Family.EVENTS, key, event)).join();
        acknowledge("event", number);
        var output = marked("output", number);
        store.output().append(Fixtures.process(1), 1, OutputStore.STDOUT, offset, output);
        offset += output.length;
        store.output().sync();
        acknowledge("output", number);
        if (number % 10 != 0) continue;
        store.blobs().put(marked("blob", number));
        acknowledge("blob", number);
        store.directory().file("small").write(marked("file", number));
        acknowledge("file", number);
      }
    }
  }
}
