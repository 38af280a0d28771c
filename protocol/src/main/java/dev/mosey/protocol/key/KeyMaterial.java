package dev.mosey.protocol.key;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cluster's key: who has it belongs to the cluster. Nodes prove it to each other by TLS, each
 * with the same certificate; tools show the token.
 *
 * @param privateKey an elliptic-curve key, PKCS#8
 * @param certificate X.509, self-signed, DER
 * @param token what HTTP requests carry
 */
public record KeyMaterial(byte[] privateKey, byte[] certificate, String token) {
  private static final String KEY = "PRIVATE KEY";
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final int LINE = 64;

  /** Both parts of the key pair as one PEM text, which other programs understand as well. */
  public String pem() {
    return block(KEY, privateKey) + block(CERTIFICATE, certificate);
  }

  /**
   * The opposite of {@link #pem}.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  public static KeyMaterial fromPem(String pem, String token) {
    KeyMaterial material =
        new KeyMaterial(unblock(KEY, pem), unblock(CERTIFICATE, pem), token.strip());
    material.signer();
    material.x509();
    if (material.token.isEmpty()) {
      throw new IllegalArgumentException("the token is empty");
    }
    return material;
  }

  /**
   * The private key, parsed.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  public PrivateKey signer() {
    try {
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(privateKey));
    } catch (GeneralSecurityException malformed) {
      throw new IllegalArgumentException("the private key is damaged", malformed);
    }
  }

  /**
   * The certificate, parsed.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  public X509Certificate x509() {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(certificate));
    } catch (GeneralSecurityException malformed) {
      throw new IllegalArgumentException("the certificate is damaged", malformed);
    }
  }

  /** By which people compare keys: the first 16 hexadecimal digits of the certificate's SHA-256. */
  public String fingerprint() {
    return HexFormat.of().formatHex(sha256(certificate), 0, 8);
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static String block(String name, byte[] bytes) {
    String body =
        Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(bytes);
    return "-----BEGIN " + name + "-----\n" + body + "\n-----END " + name + "-----\n";
  }

  private static byte[] unblock(String name, String pem) {
    Matcher block =
        Pattern.compile(
                "-----BEGIN " + name + "-----(.*?)-----END " + name + "-----", Pattern.DOTALL)
            .matcher(pem);
    if (!block.find()) {
      throw new IllegalArgumentException("has no " + name.toLowerCase(java.util.Locale.ROOT));
    }
    return Base64.getMimeDecoder().decode(block.group(1));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyMaterial that
        && Arrays.equals(privateKey, that.privateKey)
        && Arrays.equals(certificate, that.certificate)
        && token.equals(that.token);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(certificate);
  }

  /** Says which key it is, never what it is. */
  @Override
  public String toString() {
    return "key " + fingerprint();
  }
}
