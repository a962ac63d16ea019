package bespoke.check;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compiles and runs candidate tests of one module in one process: a JVM start per candidate would cost more than the check itself.
 *
 * <p>The only argument is a properties file (see {@link ModuleSetup}). Then one request per line of standard input:
 * {@code check TAB id TAB path TAB binaryClassName TAB method TAB base64(text of the whole test file)}, and after one that passed, if the
 * caller wants, {@code probe TAB id TAB runs TAB focalClass TAB focalMethod TAB mutants, separated by commas}. Each is answered by one line
 * of standard output, {@code id TAB outcome TAB milliseconds TAB base64(detail) TAB true when the process ends now TAB base64(what the test
 * of a check printed)}: it ends when a test hangs, because Java cannot stop a thread; the caller starts another for the rest.
 */
public final class Harness {
  private final ModuleSetup setup;
  private final CandidateCompiler compiler;
  private final CandidateRunner runner;
  private final FocalClasses focalClasses;
  private final TestOutput output;

  /** The test of the last request, when it passed. */
  private PassedTest passed;

  private Harness(ModuleSetup setup, CandidateCompiler compiler) {
    this.setup = setup;
    this.compiler = compiler;
    runner = new CandidateRunner(setup, compiler);
    focalClasses = new FocalClasses(setup);
    output = new TestOutput(setup.outputBytes);
  }

  public static void main(String[] arguments) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(arguments[0]))) {
      properties.load(reader);
    }
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream answers = System.out;
    // What a test reads must not be a request.
    System.setIn(InputStream.nullInputStream());
    ModuleSetup setup = new ModuleSetup(properties);
    try (CandidateCompiler compiler = new CandidateCompiler(setup)) {
      Harness harness = new Harness(setup, compiler);
      harness.output.start();
      answers.println("ready");
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        String[] fields = line.split("\t", -1);
        long started = System.nanoTime();
        harness.output.start();
        Verdict verdict = fields[0].equals("probe") ? harness.probe(fields) : harness.check(fields);
        String detail = encoded(verdict.detail());
        String printed = encoded(harness.output.printed());
        answers.println(fields[1] + "\t" + verdict.outcome() + "\t" + millisecondsSince(started) + "\t" + detail + "\t" + verdict.isHanging() + "\t" + printed);
        answers.flush();
        if (verdict.isHanging()) Runtime.getRuntime().halt(0);
      }
    }
    // Threads that a test left behind must not keep the process.
    Runtime.getRuntime().halt(0);
  }

  private Verdict check(String[] fields) {
    String text = new String(Base64.getDecoder().decode(fields[5]), StandardCharsets.UTF_8);
    passed = null;
    try {
      CandidateCompiler.Compilation compilation = compiler.compile(fields[2], text);
      if (compilation.classes() == null) {
        return new Verdict("compile-error", compilation.errors().stream().map(CompilerError::toLine).collect(Collectors.joining("\n")));
      }
      long started = System.nanoTime();
      Verdict verdict = runner.run(List.of(compilation.classes()), fields[3], fields[4], setup.testLimitMs);
      if (verdict.outcome().equals("passed")) {
        passed = new PassedTest(compilation.classes(), fields[3], fields[4], millisecondsSince(started));
      }
      return verdict;
    } catch (IOException failure) {
      return new Verdict("not-run", "The check could not use its scratch folder: " + failure.getMessage());
    }
  }

  private Verdict probe(String[] fields) {
    if (passed == null) return new Verdict("not-run", "No test passed before.");
    List<Mutant> mutants = Stream.of(fields[5].split(",")).filter(name -> !name.isEmpty()).map(Mutant::valueOf).toList();
    try {
      PassedTest.Probe wanted = new PassedTest.Probe(Integer.parseInt(fields[2]), fields[3], fields[4], mutants);
      return passed.probe(runner, focalClasses, wanted, setup.scratch);
    } catch (IOException failure) {
      return new Verdict("not-run", "The method under test could not be changed: " + failure.getMessage());
    }
  }

  private static long millisecondsSince(long startedNanos) {
    return (System.nanoTime() - startedNanos) / 1_000_000;
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
