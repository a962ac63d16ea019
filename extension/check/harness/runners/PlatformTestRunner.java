package bespoke.check.runners;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import bespoke.check.TestRunner;
import bespoke.check.Verdict;
import java.lang.reflect.Method;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** JUnit 5 and later. A parameterized or repeated test passes when every invocation does. */
public final class PlatformTestRunner implements TestRunner {
  @Override
  public Verdict run(Class<?> testClass, Method method) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectMethod(testClass, method)).build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    TestExecutionSummary summary = listener.getSummary();
    if (!summary.getFailures().isEmpty()) return Verdict.ofFailure(summary.getFailures().get(0).getException());
    if (summary.getTestsSucceededCount() > 0) return new Verdict("passed", "");
    if (summary.getTestsAbortedCount() > 0 || summary.getTestsSkippedCount() > 0 || summary.getContainersSkippedCount() > 0) {
      return new Verdict("skipped", "The test is disabled or one of its assumptions does not hold.");
    }
    return new Verdict("no-test", "JUnit does not see a test in it.");
  }
}
