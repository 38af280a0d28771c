package dev.mosey.tools.queue;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The caller's files that a submit needs. */
final class Files {
  private static final Duration UPLOAD_PATIENCE = Duration.ofMinutes(5);
  private static final byte[] JAR = {'P', 'K', 3, 4};
  private static final byte[] WEB_ASSEMBLY = {0, 'a', 's', 'm'};

  private final Run run;

  Files(Run run) {
    this.run = run;
  }

  /** The working directory: the named one, which must be there, or where the caller is. */
  Path directory(String named) {
    if (named == null) {
      return run.caller().directory();
    }
    Path directory = run.caller().file(named);
    if (!java.nio.file.Files.isDirectory(directory)) {
      throw Failure.refused("there is no directory '" + named + "'", null);
    }
    return directory;
  }

  /** The lines of a file, without empty ones at the end. */
  List<String> lines(String named) {
    byte[] content = read(named);
    String text;
    try {
      text =
          StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException notText) {
      throw Failure.refused("'" + named + "' is not text in UTF-8", null);
    }
    List<String> lines = text.lines().toList();
    if (text.indexOf('\0') >= 0) {
      throw Failure.refused(
          "'" + named + "' holds a zero byte, which no program can be given",
          "each of its lines becomes an argument: it must be text");
    }
    if (lines.isEmpty()) {
      throw Failure.refused("'" + named + "' is empty: there is nothing to run", null);
    }
    return lines;
  }

  /** Brings a file to the node, unless it is there already; what names it in a request. */
  JsonValue upload(String named) {
    return upload(read(named));
  }

  /** The same for a jar, which is known by its first bytes. */
  JsonValue uploadJar(String named) {
    byte[] content = read(named);
    if (!Arrays.equals(Arrays.copyOf(content, JAR.length), JAR)) {
      throw Failure.refused(
          "'" + named + "' is no jar", "javac and jar --create make one of a program's classes");
    }
    return upload(content);
  }

  private JsonValue upload(byte[] content) {
    String name = sha256(content);
    boolean there = run.client().ask(Request.get("/blobs/" + name).head()).ok();
    if (!there) {
      Request put =
          Request.raw("PUT", "/blobs", Map.of("Content-Type", "application/octet-stream"), content);
      run.client().ask(put.patient(UPLOAD_PATIENCE)).orFail();
    }
    return new JsonValue.Members().put("sha256", name).put("bytes", content.length);
  }

  /** WebAssembly is known by its first bytes; this release does not run it. */
  void refuseWebAssembly(String program) {
    if (!program.endsWith(".wasm")) {
      return;
    }
    try (var in = java.nio.file.Files.newInputStream(run.caller().file(program))) {
      if (Arrays.equals(in.readNBytes(WEB_ASSEMBLY.length), WEB_ASSEMBLY)) {
        throw Failure.later("a WebAssembly program");
      }
    } catch (IOException notHere) {
      // Then it is a command's name like any other.
    }
  }

  private byte[] read(String named) {
    try {
      return named.equals("-")
          ? run.caller().in().readAllBytes()
          : java.nio.file.Files.readAllBytes(run.caller().file(named));
    } catch (NoSuchFileException missing) {
      throw Failure.refused("there is no file '" + named + "'", null);
    } catch (IOException unreadable) {
      throw Failure.refused("'" + named + "' can't be read: " + unreadable.getMessage(), null);
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
