package bespoke.check;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Compiles and runs candidate tests of one module in one process: a JVM start per candidate would cost more than the check itself.
 *
 * <p>The only argument is a properties file (see {@link ModuleSetup}). Then one request per line of standard input,
 * {@code id TAB path TAB binaryClassName TAB method TAB base64(text of the whole test file)}, answered in order by one line of standard
 * output, {@code id TAB outcome TAB milliseconds TAB base64(detail)}. After a {@code timeout} the process ends, because Java cannot stop
 * a thread; the caller starts another for the rest.
 */
public final class Harness {
  private Harness() {}

  public static void main(String[] arguments) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(arguments[0]))) {
      properties.load(reader);
    }
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream answers = System.out;
    silenceTests();
    ModuleSetup setup = new ModuleSetup(properties);
    try (CandidateCompiler compiler = new CandidateCompiler(setup)) {
      CandidateRunner runner = new CandidateRunner(setup, compiler);
      answers.println("ready");
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        String[] fields = line.split("\t", -1);
        long started = System.nanoTime();
        Verdict verdict = check(compiler, runner, fields);
        String detail = Base64.getEncoder().encodeToString(verdict.detail().getBytes(StandardCharsets.UTF_8));
        long milliseconds = (System.nanoTime() - started) / 1_000_000;
        answers.println(fields[0] + "\t" + verdict.outcome() + "\t" + milliseconds + "\t" + detail);
        answers.flush();
        if (verdict.outcome().equals("timeout")) Runtime.getRuntime().halt(0);
      }
    }
    // Threads that a test left behind must not keep the process.
    Runtime.getRuntime().halt(0);
  }

  private static Verdict check(CandidateCompiler compiler, CandidateRunner runner, String[] fields) {
    String text = new String(Base64.getDecoder().decode(fields[4]), StandardCharsets.UTF_8);
    try {
      CandidateCompiler.Compilation compilation = compiler.compile(fields[1], text);
      if (compilation.classes() == null) {
        return new Verdict("compile-error", compilation.errors().stream().map(CompilerError::toLine).collect(Collectors.joining("\n")));
      }
      return runner.run(compilation.classes(), fields[2], fields[3]);
    } catch (IOException failure) {
      return new Verdict("not-run", "The check could not use its scratch folder: " + failure.getMessage());
    }
  }

  /** What a test prints or reads must not disturb the answers. */
  private static void silenceTests() {
    InputStream nothing = new ByteArrayInputStream(new byte[0]);
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    System.setIn(nothing);
    System.setOut(nowhere);
    System.setErr(nowhere);
  }
}
