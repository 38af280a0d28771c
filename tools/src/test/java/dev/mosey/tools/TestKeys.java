package dev.mosey.tools;

import dev.mosey.protocol.key.KeyMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

/** Cluster's keys, made by the JDK's own tool. */
public final class TestKeys {
  public static final char[] PASSWORD = "secret".toCharArray();

  private TestKeys() {}

  /** A new key pair in a store of its own. */
  public static KeyStore store() {
    try {
      Path file = Files.createTempDirectory("mosey-key").resolve("k.p12");
      Process made =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-alias",
                  "k",
                  "-keyalg",
                  "EC",
                  "-dname",
                  "CN=mosey",
                  "-keystore",
                  file.toString(),
                  "-storepass",
                  "secret",
                  "-storetype",
                  "PKCS12")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (made.waitFor() != 0) {
        throw new AssertionError("keytool failed");
      }
      KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD);
      Files.delete(file);
      Files.delete(file.getParent());
      return store;
    } catch (IOException | InterruptedException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The same as a cluster's key. */
  public static KeyMaterial material(KeyStore store) {
    try {
      return new KeyMaterial(
          store.getKey("k", PASSWORD).getEncoded(), store.getCertificate("k").getEncoded(), "tok");
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A new cluster's key. */
  public static KeyMaterial material() {
    return material(store());
  }
}
