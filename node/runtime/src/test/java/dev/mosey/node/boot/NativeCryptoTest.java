package dev.mosey.node.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.cluster.ClusterKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Security;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NativeCryptoTest {
  @AfterEach
  void remove() {
    Security.removeProvider("AmazonCorrettoCryptoProvider");
  }

  private static String firstSuite() throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, null, null);
    var offered = context.createSSLEngine().getSSLParameters();
    return ClusterKey.serving(offered).getCipherSuites()[0];
  }

  @Test
  void nodesSpeakTheCipherThatIsQuickWithWhatIsInstalled() throws Exception {
    assertThat(firstSuite()).isEqualTo("TLS_CHACHA20_POLY1305_SHA256");
    assertThat(NativeCrypto.install()).isTrue();
    assertThat(firstSuite()).isEqualTo("TLS_AES_128_GCM_SHA256");
  }

  @Test
  void nativeHashesAreTheSame() throws Exception {
    assertThat(NativeCrypto.install()).isTrue();
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    assertThat(digest.getProvider().getName()).isEqualTo("AmazonCorrettoCryptoProvider");
    // FIPS 180-4, appendix B.1
    assertThat(HexFormat.of().formatHex(digest.digest("abc".getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
}
