package bespoke.check;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TimeZone;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** Runs compiled candidates, each in a class loader and a thread of its own. */
final class CandidateRunner {
  private final ModuleSetup setup;
  private final CandidateCompiler compiler;

  /** Jars are loaded once. Parent of every candidate's loader. */
  private final URLClassLoader libraries;

  private final Map<String, Object> runners = new ConcurrentHashMap<>();

  CandidateRunner(ModuleSetup setup, CandidateCompiler compiler) {
    this.setup = setup;
    this.compiler = compiler;
    this.libraries = new URLClassLoader("libraries", ModuleSetup.urls(setup.libraries), Harness.class.getClassLoader());
  }

  /** Runs one method of the class with this binary name. Classes in the given folders go before those of the module. */
  Verdict run(List<Path> first, String className, String methodName, long limitMs) throws IOException {
    // The module's own classes share the loader with the test, or its package-private members would be out of the test's reach.
    List<Path> directories = new ArrayList<>(first);
    directories.addAll(setup.directories);
    AtomicReference<Verdict> verdict = new AtomicReference<>();
    Properties properties = (Properties) System.getProperties().clone();
    Locale locale = Locale.getDefault();
    TimeZone timeZone = TimeZone.getDefault();
    try (URLClassLoader loader = new URLClassLoader(Verdict.LOADER, ModuleSetup.urls(directories), libraries)) {
      Thread thread = new Thread(() -> verdict.set(runIn(loader, className, methodName)), "main");
      thread.setContextClassLoader(loader);
      thread.setDaemon(true);
      thread.start();
      if (!endsInTime(thread, limitMs)) {
        return new Verdict("timeout", "It used up its " + limitMs + " ms." + Verdict.place(thread.getStackTrace()), true);
      }
      return verdict.get() != null ? verdict.get() : new Verdict("exception", "The test ended its own thread.");
    } catch (InterruptedException interrupted) {
      return new Verdict("not-run", "The check was interrupted.");
    } finally {
      System.setProperties(properties);
      Locale.setDefault(locale);
      TimeZone.setDefault(timeZone);
    }
  }

  /**
   * Waits for the test. Its time is up when it has used the limit as processor time, or four times the limit by the clock: a machine that is
   * busy with other work must not make a good test look endless, and a test that only waits must end as well.
   */
  private boolean endsInTime(Thread thread, long limitMs) throws InterruptedException {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long started = System.nanoTime();
    while (true) {
      thread.join(50);
      if (!thread.isAlive()) return true;
      long elapsedMs = (System.nanoTime() - started) / 1_000_000;
      long usedMs = threads.isThreadCpuTimeSupported() ? threads.getThreadCpuTime(thread.getId()) / 1_000_000 : elapsedMs;
      if (usedMs >= limitMs || elapsedMs >= 4 * limitMs) return false;
    }
  }

  private Verdict runIn(ClassLoader loader, String className, String methodName) {
    try {
      Class<?> testClass = Class.forName(className, false, loader);
      Method method = findMethod(testClass, methodName);
      if (method == null) return new Verdict("no-test", "The compiled class has no method " + methodName + ".");
      String framework = frameworkOf(testClass, method);
      if (framework == null) {
        return new Verdict("not-run", "No test framework on the class path can run it; JUnit 3 and later and TestNG can be run.");
      }
      return runner(framework).run(testClass, method);
    } catch (Throwable failure) {
      return Verdict.ofFailure(failure instanceof InvocationTargetException ? failure.getCause() : failure);
    }
  }

  private static Method findMethod(Class<?> testClass, String name) {
    for (Method method : testClass.getDeclaredMethods()) {
      if (method.getName().equals(name) && !method.isSynthetic()) return method;
    }
    return null;
  }

  /**
   * Name of the class in {@code runners/} for this method, decided by what marks it as a test. A method that nothing marks goes to the newest
   * framework, which will say that it is none. Null when no framework that we can run is there.
   */
  private String frameworkOf(Class<?> testClass, Method method) {
    boolean platform = has("org.junit.platform.launcher.Launcher");
    String junit4 = has("org.junit.runner.JUnitCore") ? "JUnit4TestRunner" : null;
    for (Class<?> type = testClass; type != null; type = type.getSuperclass()) {
      if (type.getName().equals("junit.framework.TestCase")) return junit4 != null ? junit4 : "JUnit3TestRunner";
    }
    for (var annotation : method.getAnnotations()) {
      if (annotation.annotationType().getName().equals("org.junit.Test")) return junit4;
      if (annotation.annotationType().getName().equals("org.testng.annotations.Test")) return "TestNGTestRunner";
    }
    if (platform) return "PlatformTestRunner";
    return junit4 != null ? junit4 : has("org.testng.TestNG") ? "TestNGTestRunner" : null;
  }

  private boolean has(String className) {
    return libraries.getResource(className.replace('.', '/') + ".class") != null;
  }

  private TestRunner runner(String name) throws Exception {
    Object runner = runners.get(name);
    if (runner == null) {
      CandidateCompiler.Compilation compiled = compiler.compileRunner(setup.runnerSources.resolve(name + ".java"));
      if (compiled.classes() == null) throw new IllegalStateException("Our " + name + " does not fit the module's test framework: " + compiled.errors().get(0));
      URLClassLoader loader = new URLClassLoader("runner", ModuleSetup.urls(List.of(compiled.classes())), libraries);
      runner = Class.forName("bespoke.check.runners." + name, true, loader).getDeclaredConstructor().newInstance();
      runners.put(name, runner);
    }
    return (TestRunner) runner;
  }
}
