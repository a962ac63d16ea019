package bespoke.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds the class files of the module and its siblings by simple name. Reads the folders once, when first asked. */
final class FocalClasses {
  private final ModuleSetup setup;
  private Map<String, List<ClassFile>> bySimpleName;

  /** A class file, and where it stands in its folder: {@code a/b/Foo$Inner.class}. */
  record ClassFile(Path path, Path relative) {
    String packageFolder() {
      return relative.getParent() == null ? "" : relative.getParent().toString();
    }
  }

  FocalClasses(ModuleSetup setup) {
    this.setup = setup;
  }

  /** The class of this simple name; among several the one in the test's package. Null when none or no single one is meant. */
  ClassFile find(String simpleName, String testClassName) throws IOException {
    if (bySimpleName == null) bySimpleName = read();
    List<ClassFile> named = bySimpleName.getOrDefault(simpleName, List.of());
    if (named.size() == 1) return named.get(0);
    int dot = testClassName.lastIndexOf('.');
    String folder = Path.of(dot < 0 ? "" : testClassName.substring(0, dot).replace('.', '/')).toString();
    List<ClassFile> near = new ArrayList<>();
    for (ClassFile one : named) if (one.packageFolder().equals(folder)) near.add(one);
    return near.size() == 1 ? near.get(0) : null;
  }

  private Map<String, List<ClassFile>> read() throws IOException {
    Map<String, List<ClassFile>> found = new HashMap<>();
    for (Path directory : setup.directories) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : (Iterable<Path>) paths::iterator) {
          String name = path.getFileName().toString();
          if (!name.endsWith(".class")) continue;
          String simpleName = name.substring(name.lastIndexOf('$') + 1, name.length() - ".class".length());
          found.computeIfAbsent(simpleName, key -> new ArrayList<>()).add(new ClassFile(path, directory.relativize(path)));
        }
      }
    }
    return found;
  }
}
