package bespoke.check;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far a candidate came.
 *
 * @param outcome {@code compile-error}, {@code passed}, {@code assertion-failure}, {@code exception}, {@code timeout}, {@code skipped},
 *     {@code no-test} (the framework does not see a test in it) or {@code not-run}; of {@link PassedTest} as it says
 * @param detail the test's message, or the compiler's errors as {@link CompilerError#toLine} writes them; empty when passed
 * @param isHanging whether a thread was left behind that Java cannot stop, so that the process has to end
 */
public record Verdict(String outcome, String detail, boolean isHanging) {
  /** Name of the class loader of the workspace's own classes. */
  static final String LOADER = "candidate";

  public Verdict(String outcome, String detail) {
    this(outcome, detail, false);
  }

  /** Frames of the workspace's own code that a failure is told with. */
  private static final int MOST_FRAMES = 8;

  /** Tells a failed expectation from an error, and names the lines of the workspace's code that explain it. */
  public static Verdict ofFailure(Throwable failure) {
    String kind = failure instanceof AssertionError ? "assertion-failure" : "exception";
    String message = failure.getClass().getName() + (failure.getMessage() == null ? "" : ": " + failure.getMessage());
    if (message.length() > 1500) message = message.substring(0, 1500);
    return new Verdict(kind, message + place(failure.getStackTrace()));
  }

  /** The innermost frames in the workspace's own code, each as a line of its own; empty when there is none. */
  static String place(StackTraceElement[] stack) {
    return Stream.of(stack)
        .filter(frame -> LOADER.equals(frame.getClassLoaderName()))
        .limit(MOST_FRAMES)
        .map(frame -> "\nat " + frame.getClassName() + "." + frame.getMethodName() + "(" + frame.getFileName() + ":" + frame.getLineNumber() + ")")
        .collect(Collectors.joining());
  }
}
