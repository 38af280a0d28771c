package dev.mosey.node.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.mosey.node.store.Commit.Family;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Opens a node's stores, says what it finds there, then writes to all of them and prints every
 * acknowledgement, until it is killed. Lines: {@code have KIND NUMBER} at first, then {@code
 * ready}, then {@code KIND NUMBER}. What it finds with a gap or with other bytes than were written
 * ends it with {@code wrong ...}.
 */
final class KillMain {
  static final int WRITERS = 4;

  /** Events kept per writer, so that checking stays quick. */
  private static final int KEPT = 50;

  private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

  private KillMain() {}

  public static void main(String[] arguments) throws Exception {
    var store =
        NodeStore.open(
            Path.of(arguments[0]),
            Fixtures.ALPHA,
            Fixtures.plainSettings(),
            Optional.empty(),
            Fixtures.NOW,
            new Random(1));
    var next = new long[WRITERS];
    for (int writer = 0; writer < WRITERS; writer++) next[writer] = checkEvents(store, writer) + 1;
    checkOutput(store);
    checkBlob(store, arguments[1]);
    var spooled = store.spool().pending(Fixtures.ALPHA, 0, 1_000_000);
    say("have spool " + (spooled.isEmpty() ? 0 : spooled.getLast().number()));
    store
        .spool()
        .acknowledge(
            spooled.stream()
                .map(Spool.Entry::number)
                .limit(Math.max(0, spooled.size() - 2))
                .toList());
    say("ready");
    for (int writer = 0; writer < WRITERS; writer++) {
      int own = writer;
      start(() -> writeEvents(store, own, next[own]));
    }
    start(() -> writeOutput(store));
    start(() -> putBlobs(store));
    start(() -> spool(store));
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void start(Work work) {
    Thread.ofPlatform()
        .start(
            () -> {
              try {
                work.run();
              } catch (Exception e) {
                say("wrong " + e);
                Runtime.getRuntime().halt(1);
              }
            });
  }

  /** One write to the pipe: what is written is read, also after a kill. */
  private static void say(String line) {
    try {
      OUT.write((line + "\n").getBytes(US_ASCII));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void wrong(String what) {
    say("wrong " + what);
    Runtime.getRuntime().halt(1);
  }

  private static byte[] content(int writer, long number) {
    var text = "<" + writer + ":" + number + ">";
    return text.repeat(200 / text.length()).getBytes(US_ASCII);
  }

  private static long checkEvents(NodeStore store, int writer) {
    var prefix = Keys.prefix("writer-" + writer);
    var last = new long[] {-1};
    store
        .books()
        .scan(
            Family.EVENTS,
            prefix,
            Keys.after(prefix),
            (key, value) -> {
              long number = Keys.number(key);
              if (last[0] >= 0 && number != last[0] + 1) wrong("gap before event " + number);
              if (!Arrays.equals(value, content(writer, number))) wrong("event " + number);
              last[0] = number;
              return true;
            });
    long highest = Math.max(0, last[0]);
    say("have event" + writer + " " + highest);
    if (highest > KEPT)
      store
          .books()
          .commit(
              new Commit()
                  .deleteRange(Family.EVENTS, prefix, Keys.numbered(prefix, highest - KEPT)))
          .join();
    return highest;
  }

  private static void writeEvents(NodeStore store, int writer, long from) {
    var prefix = Keys.prefix("writer-" + writer);
    for (long number = from; ; number++) {
      var commit =
          new Commit().put(Family.EVENTS, Keys.numbered(prefix, number), content(writer, number));
      store.books().commit(commit).join();
      say("event" + writer + " " + number);
    }
  }

  /** Each run writes the output of a process of its own; the one before is checked and deleted. */
  private static void checkOutput(NodeStore store) {
    long session = store.directory().identity().session();
    var before = Fixtures.process(Math.max(1, session - 1));
    long size = store.output().state(before, OutputStore.STDOUT).size();
    for (long at = 0; at < size; ) {
      var chunk = store.output().read(before, OutputStore.STDOUT, at, 1 << 16);
      for (byte each : chunk.bytes()) if (each != (byte) at++) wrong("output at " + (at - 1));
    }
    say("have output " + size);
    store.output().delete(LongStream.range(1, session).mapToObj(Fixtures::process).toList());
    store.output().compact();
  }

  private static void writeOutput(NodeStore store) {
    var process = Fixtures.process(store.directory().identity().session());
    var random = new Random(process.job());
    for (long at = 0; ; ) {
      var bytes = new byte[1 + random.nextInt(300)];
      for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (at + i);
      store.output().append(process, 1, OutputStore.STDOUT, at, bytes);
      at += bytes.length;
      store.output().sync();
      say("output " + at);
    }
  }

  private static byte[] blob(long session, long number) {
    return ("blob " + number + " of " + session).getBytes(US_ASCII);
  }

  private static void checkBlob(NodeStore store, String acknowledged) {
    long session = store.directory().identity().session() - 1;
    long number = Long.parseLong(acknowledged);
    long found = 0;
    try {
      for (long each = Math.max(1, number - 3); each <= number; each++) {
        store.blobs().verify(sha256(blob(session, each)));
        found = each;
      }
    } catch (Exception e) {
      wrong("blob " + number + ": " + e);
    }
    say("have blob " + found);
    store.blobs().sweep(Set.of(), store.blobs().generation());
  }

  private static String sha256(byte[] bytes) throws GeneralSecurityException {
    var digest = MessageDigest.getInstance("SHA-256").digest(bytes);
    return HexFormat.of().formatHex(digest);
  }

  private static void putBlobs(NodeStore store) {
    for (long number = 1; ; number++) {
      store.blobs().put(blob(store.directory().identity().session(), number));
      say("blob " + number);
    }
  }

  private static void spool(NodeStore store) {
    while (true) {
      var added =
          store
              .spool()
              .add(Fixtures.ALPHA, Fixtures.process(1), 1, Spool.Kind.OUTPUT, new byte[100], null);
      long number = added.join();
      say("spool " + number);
      if (number % 10 == 0) store.spool().acknowledge(List.of(number - 5)).join();
    }
  }
}
