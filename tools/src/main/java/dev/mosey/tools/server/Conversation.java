package dev.mosey.tools.server;

import dev.mosey.tools.Caller;
import dev.mosey.tools.Main;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * One command for one front: reads what was typed, runs it, sends what it prints. The form of what
 * is exchanged is described in {@code front.c}. When the front goes away the command is
 * interrupted.
 */
final class Conversation {
  private static final int REQUEST_MOST = 1 << 20;
  private static final int PART = 1 << 15;

  private final String place;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final LinkedBlockingQueue<byte[]> input = new LinkedBlockingQueue<>();
  private volatile boolean over;

  /**
   * A conversation that has not begun.
   *
   * @param place where this process lives; fronts that live elsewhere are sent away
   */
  Conversation(SocketChannel channel, String place) {
    this.place = place;
    this.in = new DataInputStream(Channels.newInputStream(channel));
    this.out =
        new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), PART));
  }

  /** Runs it to its end. */
  void run() throws IOException {
    int length = in.readInt();
    if (length < 0 || length > REQUEST_MOST) {
      throw new EOFException("not a front");
    }
    Words words = new Words(in.readNBytes(length));
    boolean ours = words.next().equals("MOSEY1");
    String tool = words.next();
    if (!ours || !words.next().equals(place)) {
      send('f', new byte[0], 0, 0);
      return;
    }
    Path directory = Path.of(words.next());
    Caller.Terminal terminal = terminal(words.next());
    List<String> arguments = words.list();
    Map<String, String> environment = new LinkedHashMap<>();
    for (String variable : words.list()) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    send('a', new byte[0], 0, 0);
    Thread worker = Thread.currentThread();
    Thread.ofVirtual().start(() -> listen(worker));
    Caller caller =
        new Caller(environment, directory, new Input(), stream('o'), stream('e'), terminal);
    int status = Main.run(tool, arguments, caller);
    over = true;
    send('x', new byte[] {(byte) status}, 0, 1);
  }

  private static Caller.Terminal terminal(String text) {
    return new Caller.Terminal(
        text.charAt(0) == '1',
        text.charAt(1) == '1',
        text.charAt(2) == '1',
        Integer.parseInt(text.substring("101 ".length())));
  }

  /** Takes parts of standard input from the front, and notices when it goes away. */
  private void listen(Thread worker) {
    try {
      while (true) {
        int length = in.readInt();
        if (length < 0 || length > REQUEST_MOST) {
          throw new EOFException("not a front");
        }
        input.add(in.readNBytes(length));
      }
    } catch (IOException gone) {
      input.add(new byte[0]);
      if (!over) {
        worker.interrupt();
      }
    }
  }

  private synchronized void send(char type, byte[] bytes, int from, int count) throws IOException {
    out.writeByte(type);
    out.writeInt(count);
    out.write(bytes, from, count);
    out.flush();
  }

  private PrintStream stream(char type) {
    OutputStream frames =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int from, int count) throws IOException {
            for (int at = 0; at < count; at += PART) {
              send(type, bytes, from + at, Math.min(PART, count - at));
            }
          }
        };
    return new PrintStream(new BufferedOutputStream(frames, PART), false, StandardCharsets.UTF_8);
  }

  /** Standard input of the front, asked for only when the tool reads it. */
  private final class Input extends InputStream {
    private byte[] part = new byte[0];
    private int at;
    private boolean ended;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      if (at == part.length && !ended) {
        send('r', new byte[0], 0, 0);
        try {
          part = input.take();
        } catch (InterruptedException gone) {
          Thread.currentThread().interrupt();
          throw new IOException("the caller went away", gone);
        }
        at = 0;
        ended = part.length == 0;
      }
      if (ended) {
        return -1;
      }
      int taken = Math.min(count, part.length - at);
      System.arraycopy(part, at, bytes, from, taken);
      at += taken;
      return taken;
    }
  }

  /** The strings of a request. */
  private static final class Words {
    private final DataInputStream from;

    Words(byte[] request) {
      from = new DataInputStream(new java.io.ByteArrayInputStream(request));
    }

    String next() throws IOException {
      int length = from.readInt();
      byte[] bytes = from.readNBytes(Math.max(0, length));
      if (bytes.length != length) {
        throw new EOFException("the request ended too soon");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }

    List<String> list() throws IOException {
      int count = from.readInt();
      List<String> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(next());
      }
      return all;
    }
  }
}
