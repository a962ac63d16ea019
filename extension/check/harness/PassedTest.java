package bespoke.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Looks twice at a test that passed: it is run again, because it may pass only at times, and it is run while the method under test is
 * broken, because it may pass whatever that does.
 *
 * @param classes the compiled candidate
 * @param firstMs how long it ran when it passed
 */
record PassedTest(Path classes, String className, String method, long firstMs) {
  /** More time than this a broken method is not given to be noticed. */
  private static final long LEAST_LIMIT_MS = 1000;

  /** The outcome is {@code firm}, {@code flaky}, {@code notices-nothing} or, where no mutant could be made, {@code not-mutated}. */
  Verdict probe(CandidateRunner runner, FocalClasses focalClasses, Probe wanted, Path scratch) throws IOException {
    long limitMs = LEAST_LIMIT_MS + 5 * firstMs;
    for (int run = 2; run <= wanted.runs; run++) {
      Verdict again = runner.run(List.of(classes), className, method, limitMs);
      if (!again.outcome().equals("passed")) {
        return new Verdict("flaky", "It passed at first and not in run " + run + ": " + again.detail(), again.isHanging());
      }
    }
    FocalClasses.ClassFile focal = wanted.mutants.isEmpty() ? null : focalClasses.find(wanted.focalClass, className);
    boolean mutated = false;
    for (Mutant mutant : focal == null ? List.<Mutant>of() : wanted.mutants) {
      byte[] changed = mutant.of(Files.readAllBytes(focal.path()), wanted.focalMethod);
      if (changed == null) continue;
      mutated = true;
      Path overlay = scratch.resolve("mutant-" + mutant);
      Path target = overlay.resolve(focal.relative());
      Files.createDirectories(target.getParent());
      Files.write(target, changed);
      Verdict verdict = runner.run(List.of(overlay, classes), className, method, limitMs);
      Files.delete(target);
      if (!verdict.outcome().equals("passed")) return new Verdict("firm", "", verdict.isHanging());
    }
    return mutated ? new Verdict("notices-nothing", "", false) : new Verdict("not-mutated", "", false);
  }

  /** What a caller wants to know. */
  record Probe(int runs, String focalClass, String focalMethod, List<Mutant> mutants) {}
}
