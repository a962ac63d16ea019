package bespoke.check.runners;

import bespoke.check.TestRunner;
import bespoke.check.Verdict;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.testng.ITestListener;
import org.testng.ITestResult;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;
import org.testng.xml.XmlClass;
import org.testng.xml.XmlInclude;
import org.testng.xml.XmlSuite;
import org.testng.xml.XmlTest;

/** TestNG. A test with a data provider passes when every invocation does. */
public final class TestNGTestRunner implements TestRunner {
  @Override
  public Verdict run(Class<?> testClass, Method method) {
    TestListenerAdapter results = new TestListenerAdapter();
    ITestListener listener = results;
    TestNG testNG = new TestNG(false);
    testNG.setVerbose(0);
    testNG.setXmlSuites(List.of(suiteOf(testClass, method)));
    testNG.addListener(listener);
    testNG.run();
    List<ITestResult> failures = new ArrayList<>(results.getConfigurationFailures());
    failures.addAll(results.getFailedTests());
    failures.addAll(results.getFailedButWithinSuccessPercentageTests());
    if (!failures.isEmpty()) return Verdict.ofFailure(failures.get(0).getThrowable());
    if (!results.getSkippedTests().isEmpty()) return new Verdict("skipped", "TestNG skipped the test.");
    if (!results.getPassedTests().isEmpty()) return new Verdict("passed", "");
    return new Verdict("no-test", "TestNG does not see a test in it.");
  }

  private static XmlSuite suiteOf(Class<?> testClass, Method method) {
    XmlClass testClasses = new XmlClass(testClass);
    testClasses.setIncludedMethods(List.of(new XmlInclude(method.getName())));
    XmlSuite suite = new XmlSuite();
    XmlTest test = new XmlTest(suite);
    test.setXmlClasses(List.of(testClasses));
    return suite;
  }
}
