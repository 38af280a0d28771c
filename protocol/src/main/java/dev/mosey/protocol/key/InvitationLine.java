package dev.mosey.protocol.key;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * What {@code moskey invite} prints and {@code moskey join} takes: the cluster's key and where to
 * find it, as one line to paste. Whoever sees the line can join: it is a secret.
 *
 * <p>Format: {@code mosey1-} and base64url of: private key, certificate, token, number of seeds,
 * each seed, all with their lengths as two bytes before them; then the first six bytes of the
 * SHA-256 of what precedes.
 *
 * @param key the cluster's key
 * @param seeds nodes to join, {@code HOST:PORT}
 */
public record InvitationLine(KeyMaterial key, List<String> seeds) {
  private static final String PREFIX = "mosey1-";
  private static final int CHECK_BYTES = 6;
  private static final int SEEDS_MOST = 100;

  /** Copies the list. */
  public InvitationLine {
    seeds = List.copyOf(seeds);
    if (seeds.size() > SEEDS_MOST) {
      throw new IllegalArgumentException("an invitation has at most " + SEEDS_MOST + " seeds");
    }
  }

  /** The line, without spaces. */
  public String line() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      put(out, key.privateKey());
      put(out, key.certificate());
      put(out, key.token().getBytes(StandardCharsets.UTF_8));
      out.writeShort(seeds.size());
      for (String seed : seeds) {
        put(out, seed.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    byte[] content = bytes.toByteArray();
    byte[] whole = Arrays.copyOf(content, content.length + CHECK_BYTES);
    System.arraycopy(KeyMaterial.sha256(content), 0, whole, content.length, CHECK_BYTES);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
  }

  /**
   * Parses what a person pasted; spaces and line breaks that a terminal put in are ignored.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  public static InvitationLine parse(String pasted) {
    String line = pasted.replaceAll("\\s", "");
    if (!line.startsWith(PREFIX)) {
      throw new IllegalArgumentException(
          "this is not an invitation: it begins with " + PREFIX + "; moskey invite prints one");
    }
    byte[] whole;
    try {
      whole = Base64.getUrlDecoder().decode(line.substring(PREFIX.length()));
    } catch (IllegalArgumentException damaged) {
      throw incomplete(damaged);
    }
    if (whole.length <= CHECK_BYTES) {
      throw incomplete(null);
    }
    byte[] content = Arrays.copyOf(whole, whole.length - CHECK_BYTES);
    byte[] check = Arrays.copyOfRange(whole, content.length, whole.length);
    if (!Arrays.equals(check, Arrays.copyOf(KeyMaterial.sha256(content), CHECK_BYTES))) {
      throw incomplete(null);
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
      byte[] privateKey = take(in);
      byte[] certificate = take(in);
      String token = new String(take(in), StandardCharsets.UTF_8);
      List<String> seeds = new ArrayList<>();
      int count = in.readUnsignedShort();
      for (int i = 0; i < count; i++) {
        seeds.add(new String(take(in), StandardCharsets.UTF_8));
      }
      KeyMaterial key = new KeyMaterial(privateKey, certificate, token);
      return new InvitationLine(KeyMaterial.fromPem(key.pem(), token), seeds);
    } catch (IOException tooShort) {
      throw incomplete(tooShort);
    }
  }

  private static IllegalArgumentException incomplete(Exception cause) {
    return new IllegalArgumentException(
        "this invitation is not complete: paste the whole line that moskey invite printed", cause);
  }

  private static void put(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeShort(bytes.length);
    out.write(bytes);
  }

  private static byte[] take(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedShort()];
    in.readFully(bytes);
    return bytes;
  }

  /** Shows no secret. */
  @Override
  public String toString() {
    return "invitation with " + key + " to " + seeds;
  }
}
