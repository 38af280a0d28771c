package dev.mosey.tools;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Runs the tools once against a made-up node, so that a JVM that records a cache ({@code
 * -XX:AOTCacheOutput}) meets the classes that tools need. Nothing outside this process is asked or
 * changed.
 */
public final class Rehearsal {
  private static final String JOB =
      "{\"id\":\"alpha.1\",\"job\":\"alpha.1\",\"command\":[\"true\"],\"state\":\"%s\","
          + "\"user\":\"ann\",\"priority\":50,\"home\":\"alpha\",\"host\":\"beta\","
          + "\"resources\":{\"cores\":1.0},\"submitted\":\"2030-01-01T00:00:00Z\","
          + "\"started\":\"2030-01-01T00:00:00Z\",\"cpu_seconds\":1.5,"
          + "\"tasks\":{\"running\":1,\"done\":2},\"exit\":{\"code\":0}}";
  private static final String NODE =
      "{\"name\":\"alpha\",\"state\":\"up\",\"mode\":\"open\",\"load\":0.5,\"cores\":2}";

  private static final List<String> LINES =
      List.of(
          "mosq",
          "mosq list",
          "mosq list -o json",
          "mosq listall -o wide",
          "mosq submit -J name -c 1 -m 2G -- true",
          "mosq submit --wait -- true",
          "mosq show alpha.1",
          "mosq show alpha.1 --json",
          "mosq logs alpha.1.1",
          "mosq wait alpha.1",
          "mosq cancel alpha.1",
          "mosq history",
          "mosq lsit",
          "mosq --help",
          "mosps",
          "migrate alpha.1 beta",
          "mosctl status",
          "mosctl block beta",
          "bestnode",
          "tune");

  private Rehearsal() {}

  /** Rehearses; prints nothing. */
  public static void main(String[] arguments) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread node = new Thread(() -> serve(server), "node");
      node.setDaemon(true);
      node.start();
      Map<String, String> environment =
          Map.of("MOSEY_NODE", "http://127.0.0.1:" + server.getLocalPort(), "MOSEY_TOKEN", "none");
      PrintStream nowhere =
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
      Caller caller =
          new Caller(
              environment,
              Path.of("/"),
              new ByteArrayInputStream(new byte[0]),
              nowhere,
              nowhere,
              Caller.Terminal.ofThisProcess());
      for (String line : LINES) {
        List<String> words = Arrays.asList(line.split(" "));
        Main.run(words.getFirst(), words.subList(1, words.size()), caller);
      }
    }
  }

  private static void serve(ServerSocket server) {
    while (true) {
      try (Socket socket = server.accept()) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        String request = in.readLine();
        int length = 0;
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
          if (line.startsWith("Content-Length: ")) {
            length = Integer.parseInt(line.substring("Content-Length: ".length()));
          }
        }
        for (int i = 0; i < length; i++) {
          in.read();
        }
        byte[] body = answer(request == null ? "" : request).getBytes(StandardCharsets.UTF_8);
        String head =
            "HTTP/1.1 200 OK\r\nConnection: close\r\nMosey-State: done\r\nContent-Length: "
                + body.length
                + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().write(body);
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static String answer(String request) {
    if (request.contains("/output?")) {
      return "";
    }
    if (request.contains("/nodes/best")) {
      return "{\"nodes\":[{\"node\":\"alpha\"}]}";
    }
    if (request.contains("/nodes?") || request.contains("/tunes")) {
      return "{\"items\":[" + NODE + "]}";
    }
    if (request.contains("/jobs?") || request.contains("/processes?")) {
      return "{\"items\":[" + JOB.formatted("running") + "," + JOB.formatted("waiting") + "]}";
    }
    return request.contains("/history?")
        ? "{\"items\":[" + JOB.formatted("done") + "]}"
        : JOB.formatted("done");
  }
}
