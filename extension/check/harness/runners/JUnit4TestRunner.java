package bespoke.check.runners;

import bespoke.check.TestRunner;
import bespoke.check.Verdict;
import java.lang.reflect.Method;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.Request;
import org.junit.runner.Result;
import org.junit.runner.manipulation.Filter;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/** JUnit 4, and JUnit 3 where JUnit 4 is on the class path, with the module's own version. */
public final class JUnit4TestRunner implements TestRunner {
  @Override
  public Verdict run(Class<?> testClass, Method method) {
    boolean[] assumptionFailed = {false};
    JUnitCore core = new JUnitCore();
    core.addListener(
        new RunListener() {
          @Override
          public void testAssumptionFailure(Failure failure) {
            assumptionFailed[0] = true;
          }
        });
    Result result = core.run(Request.aClass(testClass).filterWith(new MethodFilter(method.getName())));
    for (Failure failure : result.getFailures()) {
      if (isNoTest(failure, method)) return new Verdict("no-test", "JUnit does not see a test in it.");
      return Verdict.ofFailure(failure.getException());
    }
    if (assumptionFailed[0] || (result.getRunCount() == 0 && result.getIgnoreCount() > 0)) {
      return new Verdict("skipped", "The test is ignored or one of its assumptions does not hold.");
    }
    return result.getRunCount() > 0 ? new Verdict("passed", "") : new Verdict("no-test", "JUnit does not see a test in it.");
  }

  /** Without a test JUnit 4 fails before it runs any, and also where the method must not look as it does, for instance be static. */
  private static boolean isNoTest(Failure failure, Method method) {
    String message = String.valueOf(failure.getMessage());
    boolean isRefused = message.startsWith("No tests found") || message.contains("Method " + method.getName() + "() should ");
    return "initializationError".equals(failure.getDescription().getMethodName()) && isRefused;
  }

  /** Also lets the invocations of a parameterized test pass, which are named {@code method[0]}. */
  private static final class MethodFilter extends Filter {
    private final String method;

    MethodFilter(String method) {
      this.method = method;
    }

    @Override
    public boolean shouldRun(Description description) {
      if (description.isSuite()) return description.getChildren().stream().anyMatch(this::shouldRun);
      String name = description.getMethodName();
      return name != null && (name.equals(method) || name.startsWith(method + "["));
    }

    @Override
    public String describe() {
      return "method " + method;
    }
  }
}
