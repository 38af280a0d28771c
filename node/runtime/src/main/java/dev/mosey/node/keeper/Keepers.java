package dev.mosey.node.keeper;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the best keeper that there is. */
public final class Keepers {
  private static final Logger LOG = LoggerFactory.getLogger(Keepers.class);
  private static final String BINARY = "native/mosd-keeper";
  private static final String PATH_PROPERTY = "mosey.keeper.path";

  private Keepers() {}

  /**
   * Starts the native keeper where there is one, else the one in Java.
   *
   * @param fence the store id of this node's books: the value of {@code MOSEY_FENCE} in every body
   * @param onEnd told once, after all its bodies are reported, when the keeper ends for whatever
   *     reason; the bodies are gone then, and another keeper may be started
   * @throws KeeperException if a keeper was named but does not start
   */
  public static Keeper start(KeeperSettings settings, String fence, Consumer<String> onEnd) {
    var binary = find(settings);
    if (binary.isPresent()) return NativeKeeper.start(binary.get(), settings, fence, onEnd);
    LOG.warn(
        "event=weak-supervision reason=\"no mosd-keeper found\" hint=\"install a C compiler and"
            + " build again, or set mosd.keeper.path\"");
    return new JavaKeeper(settings, fence, onEnd);
  }

  /**
   * The keeper of the program whose place this one has taken; see {@link #start}.
   *
   * @throws KeeperException if it is not there any more
   */
  public static Keeper adopt(
      Handed handed, KeeperSettings settings, String fence, Consumer<String> onEnd) {
    return NativeKeeper.adopt(handed, settings, fence, onEnd);
  }

  /**
   * Where the native keeper is: what the system property {@value #PATH_PROPERTY} or the settings
   * name, else {@code native/mosd-keeper} beside our own jar ({@code lib/} of the distribution) or
   * class folder (the build tree).
   */
  static Optional<Path> find(KeeperSettings settings) {
    var named =
        Optional.ofNullable(System.getProperty(PATH_PROPERTY)).map(Path::of).or(settings::binary);
    if (named.isEmpty()) return besideOurselves().filter(Files::isExecutable);
    if (Files.isExecutable(named.get())) return named;
    throw new KeeperException(
        KeeperException.Reason.ENDED,
        "mosd.keeper.path names " + named.get() + ", which can't be executed");
  }

  private static Optional<Path> besideOurselves() {
    var source = Keepers.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) return Optional.empty();
    try {
      var ourselves = Path.of(source.getLocation().toURI());
      return Optional.of(ourselves.resolveSibling(BINARY));
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty(); // not from a file: nothing can be beside it
    }
  }
}
