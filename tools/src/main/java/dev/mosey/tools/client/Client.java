package dev.mosey.tools.client;

import dev.mosey.protocol.key.RunNote;
import dev.mosey.tools.Caller;
import dev.mosey.tools.Failure;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;

/**
 * Talks to a node: the one that {@code --node} names, else those in {@code MOSEY_NODE}, else the
 * caller's own running nodes, else the usual address. When one can't be reached the next is tried;
 * never so for what is about one node.
 */
public final class Client implements AutoCloseable {
  private static final String USUAL = "http://127.0.0.1:7626";
  private static final long TIMEOUT_SECONDS = 30;
  private static final long PAUSE_MILLIS = 300;
  private static final int UNAUTHORISED = 401;

  private final Keys keys;
  private final List<Endpoint> endpoints;

  /** Whether nobody said whom to ask, and no node of the caller's runs. */
  private final boolean guessed;

  private final Duration timeout;
  private final LongSupplier nanoTime = System::nanoTime;
  private String token;
  private boolean tokenRead;
  private SSLSocketFactory tls;
  private HttpConnection connection;
  private int current;

  private Client(Keys keys, List<Endpoint> endpoints, boolean guessed, Duration timeout) {
    this.keys = keys;
    this.endpoints = endpoints;
    this.guessed = guessed;
    this.timeout = timeout;
  }

  /**
   * Chooses whom to ask; nothing is sent yet.
   *
   * @param node the option {@code --node}, or null
   * @param keys the caller's keys
   */
  public static Client of(Caller caller, String node, Keys keys) {
    return of(caller, node, keys, USUAL);
  }

  /** The same with another place where a node is usually. */
  static Client of(Caller caller, String node, Keys keys, String usual) {
    String urls = node != null ? node : caller.variable("MOSEY_NODE");
    List<Endpoint> endpoints = new ArrayList<>();
    if (urls != null) {
      for (String url : urls.split(",")) {
        if (!url.isBlank()) {
          endpoints.add(Endpoint.parse(url.strip(), null));
        }
      }
    } else {
      for (RunNote note : keys.running()) {
        endpoints.add(Endpoint.parse(note.url(), note.name()));
      }
    }
    boolean guessed = endpoints.isEmpty();
    if (guessed) {
      endpoints.add(Endpoint.parse(usual, null));
    }
    return new Client(keys, endpoints, guessed, timeout(caller));
  }

  private static Duration timeout(Caller caller) {
    String set = caller.variable("MOSEY_TIMEOUT");
    try {
      return Duration.ofSeconds(set == null ? TIMEOUT_SECONDS : Math.max(1, Long.parseLong(set)));
    } catch (NumberFormatException notANumber) {
      throw Failure.usage("MOSEY_TIMEOUT must be seconds, was '" + set + "'", null);
    }
  }

  /** All that may be asked, in the order in which they are. */
  public List<Endpoint> endpoints() {
    return endpoints;
  }

  /** Which was asked last, or would be asked first. */
  public Endpoint current() {
    return endpoints.get(current);
  }

  /**
   * Asks; another node when the first can't be reached.
   *
   * @throws Failure when none answers; an answer that is an error is returned
   */
  public Answer ask(Request request) {
    return ask(request, endpoints.size());
  }

  /** Asks the first node and no other. */
  public Answer askHere(Request request) {
    return ask(request, 1);
  }

  private Answer ask(Request request, int tries) {
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < tries; i++) {
      Endpoint endpoint = current();
      try {
        return patiently(request);
      } catch (NotSent nothingHappened) {
        failures.add(endpoint + ": " + nothingHappened.getMessage());
      } catch (IOException unknown) {
        if (!request.repeatable()) {
          throw new Failure(
              Failure.UNREACHED,
              "unknown",
              endpoint + " did not answer: whether it was done is not known",
              "look before you repeat it: mosq show ID" + maybeSecure(endpoint));
        }
        failures.add(endpoint + ": " + reason(unknown));
      }
      if (tries > 1) {
        current = (current + 1) % endpoints.size();
      }
    }
    throw unreached(failures);
  }

  /**
   * Repeats what a busy node has refused, for as long as an answer may take. That the home of what
   * is asked about is away is an answer to a question: it may stay away.
   */
  private Answer patiently(Request request) throws IOException {
    long deadline = nanoTime.getAsLong() + timeout.toNanos();
    while (true) {
      Answer answer = exchange(current(), request);
      if (guessed && answer.status() == UNAUTHORISED) {
        throw new Failure(
            Failure.REFUSED,
            "unauthorised",
            "none of your nodes runs here, and the one at " + current() + " has another key",
            "mosixd start starts yours; for that one, moskey invite there prints a line to paste");
      }
      boolean busy =
          (answer.status() == 503 || answer.status() == 429)
              && answer.header("retry-after") != null;
      boolean known = busy && request.isQuestion() && answer.isAway();
      if (!busy || known || nanoTime.getAsLong() > deadline) {
        return answer;
      }
      pause(Math.clamp(answer.number("retry-after", 1) * 1000, PAUSE_MILLIS, 5_000));
    }
  }

  /**
   * Submits. When the outcome is unknown it is repeated, and only to the same home: the request
   * carries a key by which that home knows it again.
   */
  public Answer submit(Request request) {
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < endpoints.size(); i++) {
      Endpoint endpoint = current();
      try {
        return patiently(request);
      } catch (NotSent nothingHappened) {
        failures.add(endpoint + ": " + nothingHappened.getMessage());
        current = (current + 1) % endpoints.size();
      } catch (IOException unknown) {
        return submitAgain(request, endpoint);
      }
    }
    throw unreached(failures);
  }

  private Answer submitAgain(Request request, Endpoint first) {
    long deadline = nanoTime.getAsLong() + timeout.toNanos();
    while (nanoTime.getAsLong() < deadline) {
      for (Endpoint endpoint : endpoints) {
        boolean same = endpoint.equals(first);
        if (!same && first.node() == null) {
          continue;
        }
        try {
          Answer answer =
              exchange(endpoint, same ? request : request.withQuery("home=" + first.node()));
          if (answer.status() < 500) {
            return answer;
          }
        } catch (IOException stillUnknown) {
          // The next round tries again.
        }
      }
      pause(PAUSE_MILLIS);
    }
    throw new Failure(
        Failure.UNREACHED,
        "unknown",
        first + " did not answer: whether it took the job is not known",
        "repeat it with --key "
            + request.headers().get("Idempotency-Key")
            + " to the same node: it takes a job with the same key only once"
            + maybeSecure(first));
  }

  private static void pause(long millis) {
    try {
      // sleeps because the node asked for it, or is being restarted
      Thread.sleep(millis);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw Failure.refused("interrupted", null);
    }
  }

  /** The connection failed before anything was sent. */
  private static final class NotSent extends IOException {
    private static final long serialVersionUID = 1L;

    NotSent(String message) {
      super(message);
    }
  }

  private Answer exchange(Endpoint endpoint, Request request) throws IOException {
    boolean kept = connection != null && connection.usable() && connection.to().equals(endpoint);
    if (kept && request.repeatable()) {
      try {
        return connection.exchange(request, token(), timeout);
      } catch (java.net.SocketTimeoutException tooSlow) {
        throw tooSlow;
      } catch (IOException closedMeanwhile) {
        // A kept connection may have been closed by the node: once more with a new one.
      }
    }
    close();
    try {
      connection = HttpConnection.open(endpoint, endpoint.secure() ? tls() : null);
    } catch (IOException failed) {
      throw new NotSent(reason(failed));
    }
    try {
      return connection.exchange(request, token(), timeout);
    } catch (SSLException failed) {
      if (hasAnotherKey(failed)) {
        throw new Failure(
            Failure.UNREACHED,
            "other_key",
            endpoint + " belongs to a cluster with another key than " + keys.directory().path(),
            "moskey invite there prints a line for moskey join here");
      }
      throw new NotSent(reason(failed));
    }
  }

  private SSLSocketFactory tls() {
    if (tls == null) {
      tls = keys.tls();
    }
    return tls;
  }

  private String token() {
    if (!tokenRead) {
      token = keys.token();
      tokenRead = true;
    }
    return token;
  }

  private static String reason(IOException failure) {
    return switch (failure) {
      case java.net.ConnectException refused -> "nobody listens there";
      case java.net.SocketTimeoutException late -> "no answer in time";
      case java.net.UnknownHostException unknown -> "this host is not known";
      case SSLException other -> "it does not speak HTTPS";
      case IOException other ->
          other.getMessage() == null ? "the connection broke" : other.getMessage();
    };
  }

  /** What a node that only speaks HTTPS does to plain HTTP looks like one that went away. */
  private static String maybeSecure(Endpoint endpoint) {
    boolean loopback = endpoint.host().startsWith("127.") || endpoint.host().equals("localhost");
    return endpoint.secure() || loopback
        ? ""
        : "; or is it https://" + endpoint.authority() + "? Nodes that others reach speak HTTPS";
  }

  /** Whether the node's certificate is another than the key directory has. */
  private static boolean hasAnotherKey(SSLException failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof CertificateException)) {
      cause = cause.getCause();
    }
    return cause != null;
  }

  private Failure unreached(List<String> failures) {
    boolean own = endpoints.size() == 1 && endpoints.getFirst().toString().equals(USUAL);
    return new Failure(
        Failure.UNREACHED,
        "unreached",
        "no node could be reached (" + String.join("; ", failures) + ")",
        own
            ? "mosixd start starts a node here; --node URL names another"
            : "mosixd status shows your nodes on this machine" + maybeSecure(current()));
  }

  @Override
  public void close() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }
}
