import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Keeps the sources tidy: formatting, sizes, Javadoc, the one-way layering, and the calls that pure
 * code must not make. It only parses, so it is done before the compiler starts. What it checks is
 * listed in CONTRIBUTING.md.
 *
 * <p>{@code java -cp google-java-format-all-deps.jar .ci/Tidy.java [--apply] [ROOT]} prints every
 * finding as {@code file:line: message} and exits with 1 if there is one, with 2 on wrong usage.
 * {@code --apply} formats first.
 */
public final class Tidy {
  private static final int TEXT_BYTES_MAX = 2_000_000;
  private static final Pattern SOURCE_SUFFIX =
      Pattern.compile(".*\\.(java|c|h|sh|py|xml|conf|ya?ml|service|properties)|.*/[^.]+");

  // Spelt in pieces, so that this file does not find itself.
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");
  private static final Pattern MACHINE_PATH =
      Pattern.compile(
          "(?<![\\w.*})\\]$/-])/(?:(?:work|workspace|builds|root|Users)/|usr/lib/jvm/\\w"
              + "|home/(?!(?:ann|alice|bob|me|you|user|mosey)\\b)\\w+/)");
  private static final Pattern REGISTRY_HOST =
      Pattern.compile(
          "\\b(?:repo\\d?|registry|proxy|artifactory|nexus|mirrors?|pypi|packages|files|static|deb)"
              + "\\.(?!example)(?:[a-z0-9-]+\\.)*(?:com|org|net|io|internal|lan)(?![\\w.(])"
              + "|\\b(?:pypi\\.org|crates\\.io|ghcr\\.io|quay\\.io|docker\\.io)\\b");

  private final Path root;
  private final boolean apply;
  private final Collection<Finding> findings = new ConcurrentLinkedQueue<>();
  private final Set<String> passed = ConcurrentHashMap.newKeySet();

  private Tidy(Path root, boolean apply) {
    this.root = root;
    this.apply = apply;
  }

  record Finding(String file, long line, String message) implements Comparable<Finding> {
    @Override
    public int compareTo(Finding other) {
      int byFile = file.compareTo(other.file);
      if (byFile != 0) return byFile;
      return line != other.line ? Long.compare(line, other.line) : message.compareTo(other.message);
    }

    @Override
    public String toString() {
      return file + ":" + line + ": " + message;
    }
  }

  /**
   * Checks, or with {@code --apply} formats and then checks, the sources below ROOT (default:
   * here).
   *
   * @param arguments {@code [--apply] [ROOT]}
   */
  public static void main(String[] arguments) throws IOException {
    boolean apply = false;
    Path root = null;
    for (var argument : arguments) {
      if (argument.equals("--apply")) apply = true;
      else if (!argument.startsWith("-") && root == null) root = Path.of(argument);
      else throw usage("cannot use the argument '" + argument + "'");
    }
    root = (root == null ? Path.of("") : root).toAbsolutePath().normalize();
    if (!Files.isDirectory(root)) throw usage("no directory: " + root);
    System.exit(new Tidy(root, apply).run());
  }

  private static RuntimeException usage(String problem) {
    System.err.println("Tidy: " + problem + "; usage: Tidy [--apply] [ROOT]");
    System.exit(2);
    throw new IllegalStateException("unreachable");
  }

  private int run() throws IOException {
    long started = System.nanoTime();
    var files = listFiles();
    var cache = root.resolve("target/tidy/passed");
    var passedBefore =
        Files.exists(cache) ? Set.copyOf(Files.readAllLines(cache)) : Set.<String>of();
    var own = new StringBuilder();
    for (var name : List.of(".ci/Tidy.java", ".ci/JavaRules.java"))
      if (Files.exists(root.resolve(name))) own.append(read(root.resolve(name)));
    var rules = hash(own.toString());
    files.parallelStream().forEach(file -> check(file, rules, passedBefore));
    if (Files.isDirectory(cache.getParent())) Files.write(cache, new TreeSet<>(passed));
    var sorted = new TreeSet<>(findings);
    sorted.forEach(System.out::println);
    System.out.printf(
        Locale.ROOT,
        "Tidy: %d files, %d findings, %.1f s%n",
        files.size(),
        sorted.size(),
        (System.nanoTime() - started) / 1e9);
    return sorted.isEmpty() ? 0 : 1;
  }

  /** What git tracks or would track; outside a git work tree everything but build output. */
  private List<String> listFiles() throws IOException {
    var git =
        new ProcessBuilder(
                "git",
                "-c",
                "safe.directory=*",
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard")
            .directory(root.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      var process = git.start();
      var names = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() == 0)
        return Stream.of(names.split("\0")).filter(this::isFile).distinct().toList();
    } catch (IOException absent) {
      // No git here: walk instead.
    } catch (InterruptedException interrupted) {
      throw new IOException("interrupted while git listed the files", interrupted);
    }
    try (var paths = Files.walk(root)) {
      return paths
          .map(path -> root.relativize(path).toString())
          .filter(name -> !name.matches("(.*/)?(target|\\.git|\\.idea)(/.*)?"))
          .filter(this::isFile)
          .toList();
    }
  }

  private boolean isFile(String name) {
    return !name.isEmpty() && Files.isRegularFile(root.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  /** Checks one file, unless the same content passed the same checks before. */
  private void check(String file, String rules, Set<String> passedBefore) {
    try {
      if (Files.size(root.resolve(file)) > TEXT_BYTES_MAX) return;
      var text = read(root.resolve(file));
      if (text.indexOf('\0') >= 0) return;
      var key = hash(rules, file, text);
      if (!passedBefore.contains(key)) {
        var found = new ArrayList<Finding>();
        checkText(file, text, found);
        if (file.endsWith(".java")) text = new JavaRules(root, file, found).check(text, apply);
        findings.addAll(found);
        if (!found.isEmpty()) return;
        key = hash(rules, file, text);
      }
      passed.add(key);
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private static String hash(String... parts) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (var part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private void checkText(String file, String text, List<Finding> found) {
    boolean source = SOURCE_SUFFIX.matcher("/" + file).matches();
    // A build directory such as / or /tmp/x may rightly be named; one two levels down may not.
    var here = root.getNameCount() >= 2 && !root.startsWith("/tmp") ? root + "/" : null;
    int number = 0;
    for (var line : (Iterable<String>) text.lines()::iterator) {
      number++;
      if (source && UNFINISHED.matcher(line).find())
        found.add(
            new Finding(
                file, number, "unfinished work marked in the source: do it or describe the limit"));
      if (MACHINE_PATH.matcher(line).find() || here != null && line.contains(here))
        found.add(new Finding(file, number, "names a directory of one machine"));
      if (REGISTRY_HOST.matcher(line).find())
        found.add(
            new Finding(
                file,
                number,
                "names the host of a package registry; leave it to the user's settings"));
    }
  }
}
