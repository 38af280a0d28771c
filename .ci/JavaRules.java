import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.StringWrapper;
import com.sun.source.tree.CaseLabelTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.PatternCaseLabelTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The checks of one Java file. */
final class JavaRules extends TreePathScanner<Void, Boolean> {
  private static final int FILE_LINES_MAX = 500;
  private static final int METHOD_LINES_MAX = 70;
  private static final int COLUMNS_MAX = 100;
  private static final Set<String> CLOCKS_AND_DICE =
      Set.of(
          "System.exit",
          "System.currentTimeMillis",
          "System.nanoTime",
          "Math.random",
          "ThreadLocalRandom.current",
          "UUID.randomUUID",
          "Clock.systemUTC",
          "Clock.systemDefaultZone",
          "InstantSource.system",
          "Instant.now",
          "LocalDate.now",
          "LocalTime.now",
          "LocalDateTime.now",
          "ZonedDateTime.now",
          "OffsetDateTime.now");
  private static final Pattern QUALIFIED_TYPE = Pattern.compile("[a-z]+(\\.[a-z_0-9]+)+\\.[A-Z].*");
  private static final Set<String> DICE = Set.of("Random", "SplittableRandom", "SecureRandom");
  private static final Set<String> PROCESS_STATE =
      Set.of(
          "System.out",
          "System.err",
          "System.in",
          "System.getenv",
          "System.getProperty",
          "System.console");

  private final Path root;
  private final String file;
  private final List<Tidy.Finding> found;
  private final Layer layer;
  private final boolean test;
  private CompilationUnitTree unit;
  private DocTrees trees;
  private List<String> lines;
  private String text;

  JavaRules(Path root, String file, List<Tidy.Finding> found) {
    this.root = root;
    this.file = file;
    this.found = found;
    this.layer = Layer.of(file);
    this.test = file.contains("src/test/");
  }

  /** Returns the text, formatted in its file as well if {@code apply}. */
  String check(String given, boolean apply) throws IOException {
    text = given;
    if (!parse()) return text;
    format(apply);
    lines = text.lines().toList();
    if (lines.size() > FILE_LINES_MAX)
      found.add(
          new Tidy.Finding(
              file,
              FILE_LINES_MAX + 1,
              lines.size() + " lines; a file has at most " + FILE_LINES_MAX));
    if (apply) parse();
    scan(unit, true);
    return text;
  }

  private boolean parse() throws IOException {
    var problems = new DiagnosticCollector<JavaFileObject>();
    var source =
        new SimpleJavaFileObject(URI.create("string:///" + file), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    var compiler = ToolProvider.getSystemJavaCompiler();
    var task =
        (JavacTask)
            compiler.getTask(null, null, problems, List.of("-proc:none"), null, List.of(source));
    unit = task.parse().iterator().next();
    trees = DocTrees.instance(task);
    var errors =
        problems.getDiagnostics().stream()
            .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
            .map(
                error ->
                    new Tidy.Finding(file, error.getLineNumber(), error.getMessage(Locale.ROOT)))
            .toList();
    found.addAll(errors);
    return errors.isEmpty();
  }

  private void format(boolean apply) throws IOException {
    try {
      var formatter = new Formatter();
      var wanted = StringWrapper.wrap(formatter.formatSourceAndFixImports(text), formatter);
      if (wanted.equals(text)) {
        checkColumns();
      } else if (apply) {
        Files.writeString(root.resolve(file), wanted);
        System.out.println("formatted " + file);
        text = wanted;
        checkColumns();
      } else {
        var have = text.lines().toList();
        var want = wanted.lines().toList();
        int same = 0;
        while (same < have.size() && same < want.size() && have.get(same).equals(want.get(same)))
          same++;
        found.add(new Tidy.Finding(file, same + 1, "not formatted; .ci/format does it"));
      }
    } catch (FormatterException e) {
      found.add(
          new Tidy.Finding(
              file, 1, "cannot be formatted: " + e.getMessage().lines().findFirst().orElse("")));
    }
  }

  /** The name as written, if it is only names and dots. */
  private static String dotted(Tree tree) {
    if (tree instanceof IdentifierTree name) return name.getName().toString();
    if (!(tree instanceof MemberSelectTree select)) return "";
    return dotted(select.getExpression()) + "." + select.getIdentifier();
  }

  private void checkColumns() {
    int number = 0;
    for (var line : (Iterable<String>) text.lines()::iterator) {
      number++;
      if (line.length() > COLUMNS_MAX && !line.startsWith("import ") && !line.contains("://"))
        found.add(
            new Tidy.Finding(
                file, number, line.length() + " columns; a line has at most " + COLUMNS_MAX));
    }
  }

  private void report(Tree tree, String message) {
    found.add(new Tidy.Finding(file, lineOf(tree), message));
  }

  private long lineOf(Tree tree) {
    return unit.getLineMap().getLineNumber(trees.getSourcePositions().getStartPosition(unit, tree));
  }

  private long lastLineOf(Tree tree) {
    return unit.getLineMap()
        .getLineNumber(trees.getSourcePositions().getEndPosition(unit, tree) - 1);
  }

  @Override
  public Void visitPackage(PackageTree tree, Boolean open) {
    return null;
  }

  @Override
  public Void visitImport(ImportTree tree, Boolean open) {
    var name = tree.getQualifiedIdentifier().toString();
    if (tree.isModule()) report(tree, "imports a whole module");
    else if (!test) checkLayer(tree, name);
    if (name.equals("java.lang.Thread.sleep"))
      report(tree, "call it as Thread.sleep, so that it is seen");
    return null;
  }

  private void checkLayer(Tree tree, String name) {
    var problem = layer.problemWith(name);
    if (problem != null) report(tree, problem);
  }

  /** {@code open}: whether everything round this type is visible outside its package. */
  @Override
  public Void visitClass(ClassTree tree, Boolean open) {
    var parent = getCurrentPath().getParentPath().getLeaf();
    boolean member = parent instanceof ClassTree || parent instanceof CompilationUnitTree;
    boolean visible = member && open && isVisible(tree.getModifiers(), parent);
    if (visible) requireJavadoc(tree, "type " + tree.getSimpleName());
    return super.visitClass(tree, visible);
  }

  private boolean isVisible(ModifiersTree modifiers, Tree parent) {
    var flags = modifiers.getFlags();
    if (flags.contains(Modifier.PUBLIC) || flags.contains(Modifier.PROTECTED)) return true;
    boolean inInterface =
        parent.getKind() == Tree.Kind.INTERFACE || parent.getKind() == Tree.Kind.ANNOTATION_TYPE;
    return inInterface && !flags.contains(Modifier.PRIVATE);
  }

  private void requireJavadoc(Tree tree, String what) {
    if (!test && trees.getDocComment(getCurrentPath()) == null)
      report(tree, "no Javadoc on " + what);
  }

  @Override
  public Void visitMethod(MethodTree tree, Boolean open) {
    long length = lastLineOf(tree) - lineOf(tree) + 1;
    if (length > METHOD_LINES_MAX)
      report(
          tree,
          tree.getName() + " has " + length + " lines; a method has at most " + METHOD_LINES_MAX);
    var owner = (ClassTree) getCurrentPath().getParentPath().getLeaf();
    boolean overrides =
        tree.getModifiers().getAnnotations().stream()
            .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
    if (open
        && !overrides
        && isVisible(tree.getModifiers(), owner)
        && !isCompactConstructor(tree, owner)) {
      boolean constructor = tree.getReturnType() == null;
      requireJavadoc(
          tree,
          constructor ? "constructor of " + owner.getSimpleName() : "method " + tree.getName());
    }
    return super.visitMethod(tree, open);
  }

  /** Its contract is its record's, which has Javadoc. */
  private boolean isCompactConstructor(MethodTree tree, ClassTree owner) {
    if (owner.getKind() != Tree.Kind.RECORD || tree.getReturnType() != null) return false;
    var positions = trees.getSourcePositions();
    int start = (int) positions.getStartPosition(unit, tree);
    int body = (int) positions.getStartPosition(unit, tree.getBody());
    return text.substring(start, body).stripTrailing().endsWith(" " + owner.getSimpleName());
  }

  @Override
  public Void visitSwitch(SwitchTree tree, Boolean open) {
    checkCases(tree.getCases());
    return super.visitSwitch(tree, open);
  }

  @Override
  public Void visitSwitchExpression(SwitchExpressionTree tree, Boolean open) {
    checkCases(tree.getCases());
    return super.visitSwitchExpression(tree, open);
  }

  private void checkCases(List<? extends CaseTree> cases) {
    var labels = cases.stream().flatMap(each -> each.getLabels().stream()).toList();
    var patterns = labels.stream().filter(PatternCaseLabelTree.class::isInstance).count();
    for (CaseLabelTree label : labels) {
      if (label instanceof DefaultCaseLabelTree && patterns > 0 && patterns == labels.size() - 1)
        report(
            label,
            "default hides a type that is added later; name the types, or write `case Object"
                + " other`");
    }
  }

  @Override
  public Void visitMethodInvocation(MethodInvocationTree tree, Boolean open) {
    var name = dotted(tree.getMethodSelect());
    checkSleep(tree, name.replaceFirst("^java\\.lang\\.", ""));
    return super.visitMethodInvocation(tree, open);
  }

  @Override
  public Void visitMemberReference(MemberReferenceTree tree, Boolean open) {
    var name = dotted(tree.getQualifierExpression()) + "." + tree.getName();
    if (layer.pure && !test && CLOCKS_AND_DICE.contains(name))
      report(tree, name + " in pure code: make it an argument");
    checkSleep(tree, name);
    return super.visitMemberReference(tree, open);
  }

  private void checkSleep(Tree tree, String name) {
    if (!name.equals("Thread.sleep") && !name.matches("(.*\\bTimeUnit\\.)?[A-Z]+S\\.sleep")) return;
    int line = (int) lineOf(tree) - 2;
    while (line >= 0 && lines.get(line).strip().startsWith("//")) {
      if (lines.get(line).contains("// sleeps because ")) return;
      line--;
    }
    report(tree, "sleeps: await the condition, or say why in a line above: // sleeps because ...");
  }

  @Override
  public Void visitNewClass(NewClassTree tree, Boolean open) {
    if (layer.pure
        && !test
        && tree.getArguments().isEmpty()
        && DICE.contains(tree.getIdentifier().toString()))
      report(tree, "new " + tree.getIdentifier() + "() in pure code: make the seed an argument");
    return super.visitNewClass(tree, open);
  }

  @Override
  public Void visitIdentifier(IdentifierTree tree, Boolean open) {
    if (layer == Layer.POLICY && !test && tree.getName().contentEquals("Thread"))
      report(tree, "Thread in pure code");
    return null;
  }

  @Override
  public Void visitMemberSelect(MemberSelectTree tree, Boolean open) {
    var name = dotted(tree);
    boolean outermost = !(getCurrentPath().getParentPath().getLeaf() instanceof MemberSelectTree);
    if (!test && outermost && QUALIFIED_TYPE.matcher(name).matches()) checkLayer(tree, name);
    if (!test
        && layer.pure
        && CLOCKS_AND_DICE.contains(name.replaceFirst("^java\\.([a-z]+\\.)+", "")))
      report(tree, name + " in pure code: make it an argument");
    if (!test && layer == Layer.POLICY && PROCESS_STATE.contains(name))
      report(tree, name + " in pure code");
    return super.visitMemberSelect(tree, open);
  }
}

/** A module, what it may see of others, and whether its code is pure: no clock and no chance. */
enum Layer {
  PROTOCOL(
      "protocol/",
      false,
      "java.|com.fasterxml.jackson.|dev.mosey.protocol.|dev.mosey.program.",
      ""),
  POLICY(
      "node/policy/",
      true,
      "java.|com.fasterxml.jackson.annotation.|"
          + "dev.mosey.protocol.|dev.mosey.program.|dev.mosey.policy.",
      "java.io.|java.net.|java.nio.file.|java.nio.channels."),
  SIM(
      "node/sim/",
      true,
      "",
      "org.apache.pekko.|dev.mosey.node.|dev.mosey.runtime.|dev.mosey.tools."),
  RUNTIME("node/runtime/", false, "", "dev.mosey.tools.|dev.mosey.sim."),
  TOOLS(
      "tools/",
      false,
      "",
      "org.apache.pekko.|org.rocksdb.|dev.mosey.policy.|dev.mosey.node.|"
          + "dev.mosey.runtime.|dev.mosey.sim."),
  OTHER("", false, "", "");

  private static final Pattern ROOTS =
      Pattern.compile("(java|javax|jdk|com|org|net|io|dev|info|scala)\\..*");

  private final String directory;
  final boolean pure;
  private final List<String> allowed;
  private final List<String> banned;

  Layer(String directory, boolean pure, String allowed, String banned) {
    this.directory = directory;
    this.pure = pure;
    this.allowed = Stream.of(allowed.split("\\|")).filter(prefix -> !prefix.isEmpty()).toList();
    this.banned = Stream.of(banned.split("\\|")).filter(prefix -> !prefix.isEmpty()).toList();
  }

  static Layer of(String file) {
    return Stream.of(values())
        .filter(layer -> file.startsWith(layer.directory))
        .findFirst()
        .orElseThrow();
  }

  /** Why this layer may not name that class, or null if it may. */
  String problemWith(String name) {
    if (!ROOTS.matcher(name).matches()) return null;
    boolean refused =
        banned.stream().anyMatch(name::startsWith)
            || !allowed.isEmpty() && allowed.stream().noneMatch(name::startsWith);
    return refused ? directory + " must not see " + name : null;
  }
}
