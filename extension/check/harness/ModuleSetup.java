package bespoke.check;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** The module whose candidates this process checks, read from a properties file. */
final class ModuleSetup {
  /** Jars that the module's tests see, with what the runners need. */
  final List<Path> libraries;

  /** Folders of classes and resources of the module and its siblings, test classes first. */
  final List<Path> directories;

  /** Test source folders, where the module's tests are not compiled; else empty. */
  final List<Path> testSources;

  /** Folder of this program's classes. */
  final Path harnessClasses;

  /** Folder of the runners' Java sources. */
  final Path runnerSources;

  /** A folder that may be written. */
  final Path scratch;

  /** Types whose static members tests call without a qualifier, where they are on the class path. */
  final List<String> staticOwners;

  /** Java language level of the module's test classes. */
  final int release;

  /** Longest time one test may take, in milliseconds. */
  final long testLimitMs;

  /** Most that is kept of what one test prints. */
  final int outputBytes;

  ModuleSetup(Properties properties) {
    libraries = paths(properties.getProperty("libraries"));
    directories = paths(properties.getProperty("directories"));
    testSources = paths(properties.getProperty("testSources"));
    harnessClasses = Path.of(properties.getProperty("harnessClasses"));
    runnerSources = Path.of(properties.getProperty("runnerSources"));
    scratch = Path.of(properties.getProperty("scratch"));
    staticOwners = List.of(properties.getProperty("staticOwners").split(","));
    release = Integer.parseInt(properties.getProperty("release"));
    testLimitMs = Long.parseLong(properties.getProperty("testLimitMs"));
    outputBytes = Integer.parseInt(properties.getProperty("outputBytes"));
  }

  static URL[] urls(List<Path> paths) {
    URL[] urls = new URL[paths.size()];
    for (int index = 0; index < urls.length; index++) {
      try {
        urls[index] = paths.get(index).toUri().toURL();
      } catch (MalformedURLException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    return urls;
  }

  private static List<Path> paths(String joined) {
    List<Path> paths = new ArrayList<>();
    for (String path : joined.split(File.pathSeparator)) {
      if (!path.isEmpty()) paths.add(Path.of(path));
    }
    return paths;
  }
}
