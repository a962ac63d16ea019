package bespoke.check;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles whole test files with the compiler inside this process; the opened jars stay open between candidates. */
final class CandidateCompiler implements Closeable {
  private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
  private final StandardJavaFileManager files;
  private final ModuleSetup setup;
  private final NameFinder names;
  private int compilations;

  /** A person reads the first; a repair may need the others. */
  private static final int MOST_ERRORS = 50;

  /** The folder of the classes, or at least one error and null. */
  record Compilation(Path classes, List<CompilerError> errors) {
    static Compilation failed(String message) {
      return new Compilation(null, List.of(new CompilerError(-1, "", -1, -1, message, List.of())));
    }
  }

  CandidateCompiler(ModuleSetup setup) throws IOException {
    this.setup = setup;
    names = new NameFinder(setup);
    if (compiler == null) throw new IOException("This Java has no compiler: install a JDK.");
    files = compiler.getStandardFileManager(null, Locale.ENGLISH, StandardCharsets.UTF_8);
    List<Path> classPath = new ArrayList<>(setup.directories);
    classPath.addAll(setup.libraries);
    // The runners are compiled against our own TestRunner and Verdict.
    classPath.add(setup.harnessClasses);
    files.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath);
    // Without a source path, javac would also look for sources on the class path.
    files.setLocationFromPaths(StandardLocation.SOURCE_PATH, setup.testSources);
  }

  Compilation compile(String path, String text) throws IOException {
    return compile(List.of(new SourceText(path, text)), List.of("--release", Integer.toString(setup.release)));
  }

  /** Compiles one of our own runners, at this Java's own language level. */
  Compilation compileRunner(Path source) throws IOException {
    return compile(List.of(new SourceText(source.getFileName().toString(), Files.readString(source))), List.of());
  }

  private Compilation compile(List<SourceText> sources, List<String> options) throws IOException {
    Path classes = Files.createDirectories(setup.scratch.resolve("classes-" + compilations++));
    files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    List<String> all = new ArrayList<>(List.of("-g", "-parameters", "-nowarn", "-Xlint:none"));
    all.addAll(options);
    // A processor that ran over sources one by one would see them as halves; mostly it is why the tests do not compile.
    if (!setup.testSources.isEmpty()) all.add("-proc:none");
    boolean compiled;
    try {
      compiled = compiler.getTask(null, files, diagnostics, all, null, sources).call();
    } catch (RuntimeException | StackOverflowError crash) {
      return Compilation.failed("The Java compiler itself failed: " + crash);
    }
    if (compiled) return new Compilation(classes, List.of());
    List<CompilerError> errors = new ArrayList<>();
    for (Diagnostic<? extends JavaFileObject> diagnostic : diagnostics.getDiagnostics()) {
      if (diagnostic.getKind() == Diagnostic.Kind.ERROR && errors.size() < MOST_ERRORS) errors.add(errorOf(diagnostic, sources.get(0)));
    }
    return errors.isEmpty() ? Compilation.failed("The compiler gave no reason.") : new Compilation(null, errors);
  }

  private CompilerError errorOf(Diagnostic<? extends JavaFileObject> diagnostic, SourceText source) throws IOException {
    String message = diagnostic.getMessage(Locale.ENGLISH).replaceAll("\\s+", " ");
    boolean isHere = diagnostic.getSource() instanceof SourceText && diagnostic.getStartPosition() != Diagnostic.NOPOS;
    if (!isHere) return new CompilerError(diagnostic.getLineNumber(), diagnostic.getCode(), -1, -1, message, List.of());
    int start = (int) diagnostic.getStartPosition();
    int end = Math.max(start, (int) diagnostic.getEndPosition());
    boolean isUnknownName = diagnostic.getCode().startsWith("compiler.err.cant.resolve") || diagnostic.getCode().equals("compiler.err.doesnt.exist");
    List<String> meanings =
        isUnknownName ? names.meaningsOf(source.text, start, end, message.contains("symbol: method ")) : List.of();
    return new CompilerError(diagnostic.getLineNumber(), diagnostic.getCode(), start, end, message, meanings);
  }

  @Override
  public void close() throws IOException {
    names.close();
    files.close();
  }

  private static final class SourceText extends SimpleJavaFileObject {
    private final String text;

    SourceText(String path, String text) {
      super(URI.create("string:///" + path.substring(path.lastIndexOf('/') + 1)), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
