package dev.mosey.tools.client;

import dev.mosey.protocol.key.KeyDirectory;
import dev.mosey.protocol.key.KeyMaterial;
import dev.mosey.protocol.key.RunNote;
import dev.mosey.tools.Caller;
import dev.mosey.tools.Failure;
import dev.mosey.tools.json.JsonText;
import dev.mosey.tools.json.JsonValue;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** The caller's key directory: token, certificate, and which of their nodes run on this machine. */
public final class Keys {
  private static final String BOOT_ID = "/proc/sys/kernel/random/boot_id";

  private final Caller caller;
  private final KeyDirectory directory;

  private Keys(Caller caller, Path path) {
    this.caller = caller;
    this.directory = new KeyDirectory(path);
  }

  /** The directory that the option names, or that the environment does, or the usual one. */
  public static Keys of(Caller caller, String option) {
    String set = option != null ? option : caller.variable("MOSEY_KEY_DIR");
    if (set != null) {
      return new Keys(caller, caller.file(set));
    }
    String config = caller.variable("XDG_CONFIG_HOME");
    Path base =
        config != null && config.startsWith("/")
            ? Path.of(config)
            : caller.home().resolve(".config");
    return new Keys(caller, base.resolve("mosey"));
  }

  /** The directory. */
  public KeyDirectory directory() {
    return directory;
  }

  /** The token, or null when there is none. */
  public String token() {
    String set = caller.variable("MOSEY_TOKEN");
    if (set != null) {
      return plain(set, "MOSEY_TOKEN");
    }
    Path file = directory.path().resolve("token");
    try {
      return plain(Files.readString(file), file.toString());
    } catch (NoSuchFileException none) {
      return null;
    } catch (IOException unreadable) {
      throw Failure.refused(
          "the cluster's token in " + file + " can't be read", "is the directory yours?");
    }
  }

  private static String plain(String token, String where) {
    String stripped = token.strip();
    if (stripped.isEmpty() || stripped.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw Failure.refused(
          "the token in " + where + " is damaged", "moskey join puts a good one there");
    }
    return stripped;
  }

  /**
   * The whole key.
   *
   * @throws Failure when there is none, or it is damaged
   */
  public KeyMaterial material() {
    try {
      return directory
          .read()
          .orElseThrow(
              () ->
                  Failure.refused(
                      "there is no cluster's key in " + directory.path(),
                      "mosixd start makes one; moskey join brings one from another machine"));
    } catch (IOException damaged) {
      throw Failure.refused(damaged.getMessage(), null);
    }
  }

  /** The caller's nodes that run on this machine, by name. */
  public List<RunNote> running() {
    List<RunNote> notes = new ArrayList<>();
    if (!Files.isDirectory(directory.run())) {
      return notes;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.run(), "*.json")) {
      String boot = bootId();
      for (Path file : files) {
        RunNote note = read(file);
        // Whether that process is still the same one is found out by talking to it.
        if (note != null && boot.equals(note.bootId()) && Files.exists(process(note))) {
          notes.add(note);
        }
      }
    } catch (IOException unreadable) {
      return List.of();
    }
    notes.sort(Comparator.comparing(RunNote::name));
    return notes;
  }

  private static Path process(RunNote note) {
    return Path.of("/proc/" + note.pid());
  }

  private static RunNote read(Path file) {
    try {
      return note(Files.readString(file));
    } catch (IOException gone) {
      return null;
    }
  }

  /** A note as a running node leaves it; null when it is none. */
  public static RunNote note(String json) {
    try {
      JsonValue note = JsonText.parse(json);
      return new RunNote(
          note.text("name", ""),
          (long) note.number("pid"),
          (long) note.number("started_at_millis"),
          note.text("boot_id", ""),
          note.text("url", ""));
    } catch (IllegalArgumentException notANote) {
      return null;
    }
  }

  /** Which start of the machine this is. */
  public static String bootId() throws IOException {
    return Files.readString(Path.of(BOOT_ID)).strip();
  }

  /** Speaks TLS with nodes that show this cluster's certificate, and with no others. */
  SSLSocketFactory tls() {
    byte[] expected = material().certificate();
    X509TrustManager pinned =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String method)
              throws CertificateException {
            throw new CertificateException("a tool serves nobody");
          }

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String method)
              throws CertificateException {
            if (!Arrays.equals(chain[0].getEncoded(), expected)) {
              throw new CertificateException("it has another cluster's key");
            }
          }

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {pinned}, new SecureRandom());
      return context.getSocketFactory();
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("this JDK has no TLS", missing);
    }
  }
}
