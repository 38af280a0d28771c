package dev.mosey.node.cluster;

import dev.mosey.protocol.key.KeyDirectory;
import dev.mosey.protocol.key.KeyMaterial;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.crypto.Cipher;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The cluster's key at work: mutual TLS in which both sides show the one certificate of the
 * cluster, so that to have the key is to belong to it. There is no authority and no host name to
 * check: a certificate is right when it is this very one.
 */
public final class ClusterKey {
  private static final int TOKEN_BYTES = 24;
  private static final int KEYTOOL_SECONDS = 60;
  private static final String ALIAS = "cluster";
  private static final String VALID_DAYS = "36500";

  private final KeyMaterial material;
  private final X509Certificate certificate;
  private final PrivateKey signer;
  private volatile Consumer<String> strangers = address -> {};

  /** The key with this material. */
  public ClusterKey(KeyMaterial material) {
    this.material = material;
    this.certificate = material.x509();
    this.signer = material.signer();
  }

  /**
   * The key in this directory; the first node that a user starts makes it.
   *
   * @throws IOException with a sentence for the user
   */
  public static ClusterKey open(KeyDirectory directory) throws IOException {
    return new ClusterKey(directory.readOrMake(() -> make(directory.path())));
  }

  /** What HTTP requests carry. */
  public String token() {
    return material.token();
  }

  /** By which people compare keys. */
  public String fingerprint() {
    return material.fingerprint();
  }

  /** The key itself, for an invitation. */
  public KeyMaterial material() {
    return material;
  }

  /** Told HOST:PORT of a node that was called and has another key. Replaces who was told before. */
  public void onStranger(Consumer<String> listener) {
    strangers = listener;
  }

  /**
   * For connections between nodes. Servers must want the client's certificate: {@code
   * setNeedClientAuth(true)}; clients refuse servers with another certificate by themselves. Host
   * names are not checked.
   */
  public SSLContext sslContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new OneKey()},
          new TrustManager[] {new OneCertificate()},
          new SecureRandom());
      return context;
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("this JDK has no TLS 1.3", missing);
    }
  }

  /**
   * What a server between nodes asks of its clients: the certificate, and the cipher that is the
   * quickest here. AES-GCM is that with the processor's own instructions, which native code uses (2
   * to 5 GB/s seen); with what the simple compiler makes of the JDK's own, as in the daemon,
   * ChaCha20-Poly1305 is (150 against 27 MB/s).
   *
   * @param usual of the engine or socket; changed
   */
  public static SSLParameters serving(SSLParameters usual) {
    List<String> suites = new ArrayList<>(List.of(usual.getCipherSuites()));
    String quickest = isAesNative() ? "AES_128_GCM" : "CHACHA20";
    suites.sort(Comparator.comparing(suite -> !suite.contains(quickest)));
    usual.setCipherSuites(suites.toArray(String[]::new));
    usual.setUseCipherSuitesOrder(true);
    usual.setNeedClientAuth(true);
    return usual;
  }

  private static boolean isAesNative() {
    try {
      return !Cipher.getInstance("AES/GCM/NoPadding").getProvider().getName().equals("SunJCE");
    } catch (GeneralSecurityException missing) {
      return false;
    }
  }

  /** Runs keytool of this JDK: the JDK has no public way to make a certificate. */
  private static KeyMaterial make(Path directory) throws IOException {
    Path work = Files.createTempDirectory(directory, "making");
    Path store = work.resolve("cluster.p12");
    String password = randomText();
    try {
      List<String> command =
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
              "-J-XX:TieredStopAtLevel=1",
              "-J-XX:+UseSerialGC",
              "-genkeypair",
              "-alias",
              ALIAS,
              "-keyalg",
              "EC",
              "-groupname",
              "secp256r1",
              "-validity",
              VALID_DAYS,
              "-dname",
              "CN=mosey",
              "-storetype",
              "PKCS12",
              "-keystore",
              store.toString(),
              "-storepass:env",
              "STORE_PASSWORD");
      run(command, password);
      return load(store, password);
    } catch (GeneralSecurityException unreadable) {
      throw new IOException("the cluster's key could not be made: " + unreadable, unreadable);
    } finally {
      Files.deleteIfExists(store);
      Files.delete(work);
    }
  }

  private static void run(List<String> command, String password) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("STORE_PASSWORD", password);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(
            "the cluster's key could not be made: keytool said " + said.strip().replace('\n', ' '));
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the cluster's key was made", stopped);
    } finally {
      process.destroyForcibly();
    }
  }

  private static KeyMaterial load(Path file, String password)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password.toCharArray());
    }
    return new KeyMaterial(
        store.getKey(ALIAS, password.toCharArray()).getEncoded(),
        store.getCertificate(ALIAS).getEncoded(),
        randomText());
  }

  private static String randomText() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private void check(X509Certificate[] chain, String peer) throws CertificateException {
    boolean ours =
        chain != null
            && chain.length > 0
            && MessageDigest.isEqual(chain[0].getEncoded(), material.certificate());
    if (!ours) {
      throw new CertificateException(peer + " has another cluster's key");
    }
  }

  /** Trusts the one certificate. */
  private final class OneCertificate extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain, "a node that connects");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      String peer = engine.getPeerHost() + ":" + engine.getPeerPort();
      try {
        check(chain, peer);
      } catch (CertificateException foreign) {
        strangers.accept(peer);
        throw foreign;
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain, "a client");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain, String.valueOf(socket.getRemoteSocketAddress()));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain, "a client");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain, "a server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[] {certificate};
    }
  }

  /** Shows the one certificate, whatever is asked for. */
  private final class OneKey extends X509ExtendedKeyManager {
    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return ALIAS;
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return type.equals("EC") ? ALIAS : null;
    }

    @Override
    public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
      return ALIAS;
    }

    @Override
    public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
      return type.equals("EC") ? ALIAS : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {certificate};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return signer;
    }
  }
}
