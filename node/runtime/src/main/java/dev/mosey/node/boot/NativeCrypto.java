package dev.mosey.node.boot;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.Security;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has hashes and ciphers done by native code. The daemon runs what its simple compiler makes of the
 * JDK's own: 64 MiB take half a second to hash and more than a second to encrypt, thirty times as
 * long as with this. Where there is none for this platform, the JDK's own are used.
 */
final class NativeCrypto {
  private static final Logger LOG = LoggerFactory.getLogger(NativeCrypto.class);

  private NativeCrypto() {}

  /** Puts it before the JDK's own; false where it can't be loaded. */
  static boolean install() {
    try {
      Throwable obstacle = AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError();
      if (obstacle != null) {
        return withoutIt(obstacle);
      }
      return Security.insertProviderAt(AmazonCorrettoCryptoProvider.INSTANCE, 1) > 0;
    } catch (LinkageError | RuntimeException obstacle) {
      return withoutIt(obstacle);
    }
  }

  private static boolean withoutIt(Throwable obstacle) {
    Throwable cause = obstacle.getCause() == null ? obstacle : obstacle.getCause();
    LOG.info("event=crypto-of-the-jdk reason=\"{}\"", cause.getMessage());
    return false;
  }
}
