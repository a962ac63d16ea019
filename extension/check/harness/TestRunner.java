package bespoke.check;

import java.lang.reflect.Method;

/** Runs one test method with a test framework. Implemented in {@code runners/}, compiled against the framework that the module itself uses. */
public interface TestRunner {
  Verdict run(Class<?> testClass, Method method);
}
