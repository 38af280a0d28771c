package dev.mosey.program.worker;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.mosey.program.Context;
import dev.mosey.program.Program;
import dev.mosey.program.Step;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * One running program: its code, its state, and how to take a step. The image, format {@value
 * #FORMAT}, is a line that names the format, the name of the class, and the state as CBOR. Not for
 * several threads at once.
 *
 * @param <S> the program's state
 */
public final class Stepper<S> implements AutoCloseable {
  /** Name and version of the image's format. */
  public static final String FORMAT = "java/1";

  /** An object without a field, in CBOR. */
  private static final byte[] EMPTY = {(byte) 0xA0};

  private final URLClassLoader loader;
  private final Program<S> program;
  private final String className;
  private ObjectMapper mapper;
  private final Context context;
  private S state;

  private Stepper(URLClassLoader loader, Program<S> program, Context context) {
    this.loader = loader;
    this.program = program;
    this.className = program.getClass().getName();
    this.context = context;
  }

  /**
   * Loads the program.
   *
   * @throws ProgramException with status 126 when the jar has no such program
   */
  public static Stepper<?> load(Path jar, String className, Context context)
      throws ProgramException {
    URLClassLoader loader;
    try {
      loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, Program.class.getClassLoader());
    } catch (IOException e) {
      throw new ProgramException(126, "the jar can't be read: " + e.getMessage());
    }
    try {
      var program = instance(loader, className);
      return new Stepper<>(loader, program, context);
    } catch (ProgramException e) {
      closeQuietly(loader);
      throw e;
    }
  }

  /** Made when it is first needed: most programs end before they are packed. */
  private ObjectMapper ownMapper() {
    if (mapper == null) mapper = mapper();
    return mapper;
  }

  /** Whether it is a program of this class. */
  boolean isOf(String name) {
    return className.equals(name);
  }

  /** Makes ready for {@link #resume} and {@link #pack}, which then need not stop to do so. */
  void prepare() {
    try {
      var empty = ownMapper().readValue(EMPTY, program.stateType());
      ownMapper().writeValueAsBytes(empty);
    } catch (IOException | RuntimeException refusesToBeEmpty) {
      // What reads and writes it has been made by now.
    }
  }

  /** How states are written and read. */
  static ObjectMapper mapper() {
    return new ObjectMapper(factory())
        .registerModules(new Jdk8Module(), new JavaTimeModule(), new StateModule());
  }

  /** States may be large: only the memory bounds them. */
  private static CBORFactory factory() {
    return CBORFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxStringLength(Integer.MAX_VALUE)
                .maxNumberLength(1_000_000)
                .build())
        .build();
  }

  private static Program<?> instance(ClassLoader loader, String className) throws ProgramException {
    try {
      Object made = Class.forName(className, true, loader).getDeclaredConstructor().newInstance();
      if (made instanceof Program<?> program) return program;
      throw new ProgramException(
          126, "class " + className + " does not implement " + Program.class.getName());
    } catch (ClassNotFoundException e) {
      throw new ProgramException(126, "class " + className + " is not in the jar");
    } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
      throw new ProgramException(
          126,
          "class " + className + " must be public with a public constructor without parameters");
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new ProgramException(126, "class " + className + " can't be loaded: " + reason(e));
    }
  }

  /**
   * Begins from the beginning.
   *
   * @throws Exception what the program throws
   */
  public void start(List<String> arguments) throws Exception {
    state = program.start(arguments, context);
    if (state == null) {
      throw new ProgramException(1, className + ".start returned null, not a state");
    }
  }

  /**
   * Goes on from an image; leaves the stream open.
   *
   * @throws ProgramException with status 126 when the image is of another program or can't be read
   */
  public void resume(InputStream image) throws ProgramException {
    try {
      var in = new DataInputStream(image);
      String format = in.readUTF();
      String of = in.readUTF();
      if (!format.equals(FORMAT) || !of.equals(className)) {
        throw new ProgramException(
            126, "the image is " + format + " of " + of + ", not " + FORMAT + " of " + className);
      }
      state = ownMapper().readValue(image, program.stateType());
    } catch (IOException e) {
      throw new ProgramException(
          126, "the state of " + className + " can't be read back: " + reason(e));
    }
  }

  /**
   * Takes one step.
   *
   * @return the exit status when that was the last, else empty
   * @throws Exception what the program throws
   */
  public OptionalInt step() throws Exception {
    return switch (program.step(state, context)) {
      case Step.Next<S> next -> {
        state = next.state();
        yield OptionalInt.empty();
      }
      case Step.Done<S> done -> OptionalInt.of(done.status());
      case null -> throw new ProgramException(1, className + ".step returned null, not a step");
    };
  }

  /**
   * Writes the image; leaves the stream open and the state as it was.
   *
   * @throws ProgramException when the state can't be written
   * @throws IOException when the stream fails
   */
  public void pack(OutputStream image) throws ProgramException, IOException {
    var out = new DataOutputStream(image);
    out.writeUTF(FORMAT);
    out.writeUTF(className);
    try {
      ownMapper()
          .writer()
          .without(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
          .writeValue((OutputStream) out, state);
    } catch (JsonProcessingException e) {
      throw new ProgramException(
          1, "the state " + state.getClass().getName() + " can't be written: " + reason(e));
    }
    out.flush();
  }

  /** The stack trace of what a program threw, as it is printed; it ends where Mosey called. */
  public static String trace(Throwable thrown) {
    String own = Stepper.class.getPackageName();
    for (var each = thrown; each != null; each = each.getCause()) {
      var frames = each.getStackTrace();
      int kept = 0;
      while (kept < frames.length && !frames[kept].getClassName().startsWith(own)) kept++;
      each.setStackTrace(Arrays.copyOf(frames, kept));
    }
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** One line, without Jackson's account of where it was. */
  private static String reason(Throwable failure) {
    String said =
        failure instanceof JsonProcessingException json ? json.getOriginalMessage() : null;
    String text = said != null ? said : String.valueOf(failure.getMessage());
    String path =
        failure instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()
            ? " (at " + mapping.getPathReference() + ")"
            : "";
    String kind =
        failure instanceof JsonProcessingException ? "" : failure.getClass().getSimpleName() + ": ";
    return (kind + text + path).replaceAll("\\s*\\R\\s*", " ");
  }

  @Override
  public void close() {
    closeQuietly(loader);
  }

  private static void closeQuietly(URLClassLoader loader) {
    try {
      loader.close();
    } catch (IOException ignored) {
      // Only the jar's file was open; the system takes it back with the process.
    }
  }
}
