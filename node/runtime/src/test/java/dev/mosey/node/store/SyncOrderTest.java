package dev.mosey.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order "sync, then answer", from the system calls of a process. Needs strace. */
class SyncOrderTest {
  private static final Pattern CALL =
      Pattern.compile("(\\d+) +(write|pwrite64|fsync|fdatasync|close)\\((\\d+)(.*)");
  private static final Pattern RESUMED =
      Pattern.compile("(\\d+) +<\\.\\.\\. (write|pwrite64|fsync|fdatasync|close) resumed>.*");
  private static final Pattern MARKER = Pattern.compile("<[a-z]+:[0-9]+>");

  @TempDir Path directory;

  /** A call, with the lines of the trace where it began and where it had ended. */
  private static final class Call {
    final String name;
    final String descriptor;
    final String text;
    final int begun;
    int ended;

    Call(String name, String descriptor, String text, int begun) {
      this.name = name;
      this.descriptor = descriptor;
      this.text = text;
      this.begun = begun;
      this.ended = begun;
    }

    boolean isWrite() {
      return name.endsWith("write") || name.equals("pwrite64");
    }

    boolean isSync() {
      return name.endsWith("sync");
    }
  }

  @Test
  void everyRecordIsSyncedBetweenItsWriteAndItsAcknowledgement() throws Exception {
    assumeTrue(hasTracer(), "needs strace");
    var trace = directory.resolve("trace");
    var child =
        ChildJvm.start(
            List.of(
                "strace",
                "-f",
                "-qq",
                "-s",
                "2000",
                "-o",
                trace.toString(),
                "-e",
                "trace=write,pwrite64,fsync,fdatasync,close"),
            SyncOrderMain.class,
            directory.resolve("data").toString());
    int acknowledged = 0;
    while (child.readLine() != null) acknowledged++;
    assertThat(child.end()).isZero();
    assertThat(acknowledged).isEqualTo(SyncOrderMain.RECORDS * 2 + SyncOrderMain.RECORDS / 10 * 2);

    var calls = parse(Files.readAllLines(trace, StandardCharsets.ISO_8859_1));
    var acks = new ArrayList<Call>();
    for (var call : calls) if (call.text.contains("\"ack <")) acks.add(call);
    assertThat(acks).hasSize(acknowledged);
    for (var ack : acks) {
      var matcher = MARKER.matcher(ack.text);
      assertThat(matcher.find()).isTrue();
      assertThat(isSyncedBefore(calls, matcher.group(), ack)).as(matcher.group()).isTrue();
    }
  }

  private static boolean hasTracer() {
    try {
      return new ProcessBuilder("strace", "-qq", "-o", "/dev/null", "true").start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  private static List<Call> parse(List<String> lines) {
    var calls = new ArrayList<Call>();
    Map<String, Call> unfinished = new HashMap<>();
    for (int line = 0; line < lines.size(); line++) {
      var call = CALL.matcher(lines.get(line));
      var resumed = RESUMED.matcher(lines.get(line));
      if (call.matches()) {
        var found = new Call(call.group(2), call.group(3), call.group(4), line);
        calls.add(found);
        if (found.text.endsWith("<unfinished ...>")) {
          found.ended = Integer.MAX_VALUE;
          unfinished.put(call.group(1), found);
        }
      } else if (resumed.matches()) {
        Call begun = unfinished.remove(resumed.group(1));
        // Of a call that began before it was watched only the end is seen: it counts for nothing.
        if (begun != null) begun.ended = line;
      }
    }
    return calls;
  }

  /** Whether a sync of the same file began after the write and had ended before the answer. */
  private static boolean isSyncedBefore(List<Call> calls, String marker, Call ack) {
    for (int at = 0; calls.get(at) != ack; at++) {
      var write = calls.get(at);
      if (!write.isWrite() || !write.text.contains(marker)) continue;
      for (var later : calls.subList(at + 1, calls.indexOf(ack))) {
        if (!later.descriptor.equals(write.descriptor)) continue;
        // From here on the number may be another file's.
        if (later.name.equals("close")) break;
        if (later.isSync() && later.begun > write.ended && later.ended < ack.begun) return true;
      }
    }
    return false;
  }
}
