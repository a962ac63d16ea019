package bespoke.check;

/**
 * How far a candidate came.
 *
 * @param outcome {@code compile-error}, {@code passed}, {@code assertion-failure}, {@code exception}, {@code timeout}, {@code skipped},
 *     {@code no-test} (the framework does not see a test in it) or {@code not-run}
 * @param detail the test's message, or the compiler's errors as {@link CompilerError#toLine} writes them; empty when passed
 */
public record Verdict(String outcome, String detail) {
  /** Tells a failed expectation from an error, and names the first line of the stack that explains it. */
  public static Verdict ofFailure(Throwable failure) {
    String kind = failure instanceof AssertionError ? "assertion-failure" : "exception";
    StringBuilder detail = new StringBuilder(failure.getClass().getName());
    if (failure.getMessage() != null) detail.append(": ").append(failure.getMessage());
    for (StackTraceElement frame : failure.getStackTrace()) {
      if (!isLibrary(frame.getClassName())) {
        detail.append("\nat ").append(frame);
        break;
      }
    }
    return new Verdict(kind, detail.length() > 2000 ? detail.substring(0, 2000) : detail.toString());
  }

  private static boolean isLibrary(String className) {
    for (String prefix : new String[] {"java.", "jdk.", "sun.", "org.junit.", "junit.", "org.assertj.", "org.hamcrest.", "org.mockito.", "org.opentest4j."}) {
      if (className.startsWith(prefix)) return true;
    }
    return false;
  }
}
