package bespoke.check.runners;

import bespoke.check.TestRunner;
import bespoke.check.Verdict;
import java.lang.reflect.Method;
import junit.framework.Test;
import junit.framework.TestFailure;
import junit.framework.TestResult;
import junit.framework.TestSuite;

/** JUnit 3 alone. */
public final class JUnit3TestRunner implements TestRunner {
  @Override
  public Verdict run(Class<?> testClass, Method method) {
    if (!method.getName().startsWith("test")) return new Verdict("no-test", "JUnit 3 runs only methods whose names start with test.");
    Test test = TestSuite.createTest(testClass.asSubclass(junit.framework.TestCase.class), method.getName());
    TestResult result = new TestResult();
    test.run(result);
    if (result.wasSuccessful()) return new Verdict("passed", "");
    TestFailure failure = (TestFailure) (result.failureCount() > 0 ? result.failures() : result.errors()).nextElement();
    return Verdict.ofFailure(failure.thrownException());
  }
}
