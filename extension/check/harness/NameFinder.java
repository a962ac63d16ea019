package bespoke.check;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** Finds what an unknown name can mean on the module's class path. Asked only when a candidate does not compile: the first time is slow. */
final class NameFinder implements Closeable {
  private static final Pattern IMPORT = Pattern.compile("^\\s*import\\s+(static\\s+)?([\\w.$]+)\\s*(\\.\\s*\\*)?\\s*;", Pattern.MULTILINE);
  private static final Pattern PACKAGE = Pattern.compile("^\\s*package\\s+([\\w.]+)\\s*;", Pattern.MULTILINE);

  /** Libraries that were copied into others, and what others are asked not to use. */
  private static final Pattern NOT_FOR_OTHERS = Pattern.compile("(^|[./])(internal|shaded|shadow|repackaged|relocated)[./]");

  private final ModuleSetup setup;
  private final URLClassLoader classes;

  /** Binary names by simple name; nearer first: the module and its siblings, its libraries and the base of Java, the rest of Java. */
  private List<Map<String, Set<String>>> tiers;

  NameFinder(ModuleSetup setup) {
    this.setup = setup;
    List<Path> all = new ArrayList<>(setup.directories);
    all.addAll(setup.libraries);
    classes = new URLClassLoader("names", ModuleSetup.urls(all), ClassLoader.getPlatformClassLoader());
  }

  /** What the text between these offsets of a test file can mean: types that can be imported, or static members of types at hand. */
  List<String> meaningsOf(String text, int start, int end, boolean isMethod) throws IOException {
    String written = text.substring(start, end);
    String name = isMethod ? written : written.split("\\.", 2)[0].trim();
    if (!name.matches("[\\p{L}_$][\\p{L}\\p{N}_$]*")) return List.of();
    List<String> meanings = new ArrayList<>();
    if (!isMethod && Character.isUpperCase(name.charAt(0))) {
      for (String type : typesNamed(name)) meanings.add("type " + type);
    }
    if (meanings.isEmpty()) for (String member : staticMembersNamed(name, text)) meanings.add("member " + member);
    return meanings;
  }

  /** Canonical names of the public types with this simple name, of the nearest part of the class path that has one. */
  private Set<String> typesNamed(String simpleName) throws IOException {
    if (tiers == null) tiers = readTiers();
    for (Map<String, Set<String>> tier : tiers) {
      Set<String> found = new TreeSet<>();
      for (String binaryName : tier.getOrDefault(simpleName, Set.of())) {
        Class<?> type = load(binaryName);
        if (type != null && isVisible(type)) found.add(type.getCanonicalName());
      }
      if (!found.isEmpty()) return found;
    }
    return Set.of();
  }

  /** Static members of the types that the file imports, of its package, and of the assertion and mock libraries. */
  private Set<String> staticMembersNamed(String name, String text) throws IOException {
    Matcher packageMatch = PACKAGE.matcher(text);
    String packageName = packageMatch.find() ? packageMatch.group(1) : "";
    Set<String> owners = new TreeSet<>(setup.staticOwners);
    for (Matcher match = IMPORT.matcher(text); match.find(); ) {
      boolean namesMember = match.group(1) != null && match.group(3) == null;
      String imported = match.group(2);
      if (namesMember) owners.add(imported.substring(0, Math.max(0, imported.lastIndexOf('.'))));
      else if (match.group(1) != null || match.group(3) == null) owners.add(imported);
    }
    for (Path directory : setup.directories) owners.addAll(typesIn(directory.resolve(packageName.replace('.', '/')), packageName));
    Set<String> found = new TreeSet<>();
    for (String owner : owners) {
      Class<?> type = load(owner);
      if (type == null || type.getCanonicalName() == null) continue;
      boolean samePackage = type.getPackageName().equals(packageName);
      if (!samePackage && !isVisible(type)) continue;
      for (Member member : membersOf(type)) {
        int modifiers = member.getModifiers();
        boolean reachable = Modifier.isPublic(modifiers) || (samePackage && !Modifier.isPrivate(modifiers));
        boolean isMeant = member.getName().equals(name) && Modifier.isStatic(modifiers) && reachable && !isDeprecated(member);
        // Nothing can be imported from a type of the unnamed package.
        if (isMeant && !type.getPackageName().isEmpty()) {
          found.add(type.getCanonicalName() + "." + name);
        }
      }
    }
    return found;
  }

  private static List<String> typesIn(Path folder, String packageName) throws IOException {
    if (!Files.isDirectory(folder)) return List.of();
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".class"))
          .map(file -> (packageName.isEmpty() ? "" : packageName + ".") + file.substring(0, file.length() - ".class".length()))
          .toList();
    }
  }

  private Class<?> load(String binaryName) {
    try {
      return Class.forName(binaryName, false, classes);
    } catch (ClassNotFoundException | LinkageError unusable) {
      return null;
    }
  }

  private static Collection<Member> membersOf(Class<?> type) {
    try {
      List<Member> members = new ArrayList<>(Arrays.asList(type.getDeclaredMethods()));
      members.addAll(Arrays.asList(type.getDeclaredFields()));
      return members;
    } catch (LinkageError unusable) {
      return List.of();
    }
  }

  /** What a library left behind for old callers: another member is meant, for instance of Hamcrest instead of JUnit 4. */
  private static boolean isDeprecated(Member member) {
    return ((AccessibleObject) member).isAnnotationPresent(Deprecated.class);
  }

  /** Whether a class of another package can import it. */
  private static boolean isVisible(Class<?> type) {
    if (type.getCanonicalName() == null || type.getPackageName().isEmpty()) return false;
    for (Class<?> one = type; one != null; one = one.getEnclosingClass()) {
      if (!Modifier.isPublic(one.getModifiers())) return false;
    }
    return true;
  }

  private List<Map<String, Set<String>>> readTiers() throws IOException {
    Map<String, Set<String>> own = new HashMap<>();
    Map<String, Set<String>> libraries = new HashMap<>();
    Map<String, Set<String>> restOfJava = new HashMap<>();
    for (Path directory : setup.directories) addTree(own, directory, "");
    for (Path library : setup.libraries) {
      try (ZipFile jar = new ZipFile(library.toFile())) {
        jar.stream().forEach(entry -> add(libraries, entry.getName()));
      } catch (IOException unreadable) {
        // The compiler does without it as well.
      }
    }
    FileSystem java = FileSystems.getFileSystem(URI.create("jrt:/"));
    try (Stream<Path> modules = Files.list(java.getPath("/modules"))) {
      for (Path module : modules.toList()) {
        String name = module.getFileName().toString();
        if (name.startsWith("java.")) addTree(name.equals("java.base") ? libraries : restOfJava, module, "java");
      }
    }
    return List.of(own, libraries, restOfJava);
  }

  private static void addTree(Map<String, Set<String>> names, Path root, String prefix) throws IOException {
    if (!Files.isDirectory(root)) return;
    try (Stream<Path> files = Files.walk(root)) {
      files.map(file -> root.relativize(file).toString().replace('\\', '/')).filter(file -> file.startsWith(prefix)).forEach(file -> add(names, file));
    } catch (UncheckedIOException unreadable) {
      throw unreadable.getCause();
    }
  }

  private static void add(Map<String, Set<String>> names, String file) {
    if (!file.endsWith(".class") || file.startsWith("META-INF/") || NOT_FOR_OTHERS.matcher(file).find()) return;
    String binaryName = file.substring(0, file.length() - ".class".length()).replace('/', '.');
    String simpleName = binaryName.substring(Math.max(binaryName.lastIndexOf('.'), binaryName.lastIndexOf('$')) + 1);
    if (!simpleName.isEmpty() && !Character.isDigit(simpleName.charAt(0))) {
      names.computeIfAbsent(simpleName, unused -> new TreeSet<>()).add(binaryName);
    }
  }

  @Override
  public void close() throws IOException {
    classes.close();
  }
}
