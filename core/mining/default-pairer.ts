import { FieldTypes } from './field-types.ts';
import type { BodyFacts } from './file-facts.ts';
import { FOCAL_CLASS_CONFIDENCE, FocalClassFinder, type FocalClassFinding } from './find-focal-class.ts';
import { FOCAL_METHOD_CONFIDENCE, type FocalMethodFinding, findFocalMethod } from './find-focal-method.ts';
import type { Pairer, Pairing } from './pairing.ts';
import { type TestCase, TestRecognizer } from './recognize-tests.ts';
import { relatedTypesOf } from './related-types.ts';
import { type ResolvedCall, resolveCalls } from './resolve-calls.ts';
import { TypeResolver } from './resolve-types.ts';
import type { IndexedFile, TypeReference, WorkspaceIndex } from './workspace-index.ts';

/** Pairs tests by this project's own rules: precision before recall, every pair with its evidence. */
export class DefaultPairer implements Pairer {
  readonly testFiles: readonly string[];
  readonly #index: WorkspaceIndex;

  constructor(index: WorkspaceIndex) {
    this.#index = index;
    this.testFiles = [...index.files].filter((file) => file.mayHoldTests).map((file) => file.path);
  }

  moduleOf(testFile: string): string {
    return this.#index.file(testFile)?.sourceSet.module ?? '.';
  }

  pair(testFile: string): Pairing[] {
    const file = this.#index.file(testFile);
    return file === undefined ? [] : new FilePairing(this.#index, file).pairings();
  }
}

/** The pairing of one file's tests. What it resolved is let go of with it: it would otherwise grow with the workspace. */
class FilePairing {
  readonly #index: WorkspaceIndex;
  readonly #file: IndexedFile;
  readonly #types: TypeResolver;
  readonly #recognizer: TestRecognizer;
  readonly #focalClasses: FocalClassFinder;
  readonly #fieldTypes: FieldTypes;
  readonly #testFiles = new Map<IndexedFile, boolean>();

  constructor(index: WorkspaceIndex, file: IndexedFile) {
    this.#index = index;
    this.#file = file;
    this.#types = new TypeResolver(index);
    this.#recognizer = new TestRecognizer(index, this.#types);
    this.#focalClasses = new FocalClassFinder(index, this.#types, (candidate) => this.#hasTests(candidate));
    this.#fieldTypes = new FieldTypes(index, this.#types);
  }

  /** Main code may hold methods that look like tests until their annotations are resolved. */
  #hasTests(file: IndexedFile): boolean {
    if (!file.mayHoldTests) {
      return false;
    }
    const known = this.#testFiles.get(file) ?? this.#recognizer.testCasesOf(file).length > 0;
    this.#testFiles.set(file, known);
    return known;
  }

  pairings(): Pairing[] {
    const file = this.#file;
    const bodies = new Map(this.#index.factsOf(file).bodies.map((body) => [body.methodStart, body]));
    const findings = new Map<string, FocalClassFinding>();
    return this.#recognizer.testCasesOf(file).map((test) => {
      const classKey = test.enclosing.map((type) => type.name).join('.');
      const focalClass = findings.get(classKey) ?? this.#focalClasses.find(file, test.enclosing);
      findings.set(classKey, focalClass);
      return this.#pairOne(test, bodies.get(test.method.start), focalClass);
    });
  }

  #pairOne(test: TestCase, body: BodyFacts | undefined, finding: FocalClassFinding): Pairing {
    const file = this.#file;
    const testMethod = test.method;
    const testClass = test.enclosing.at(-1)?.name ?? '';
    if (file.isGenerated) {
      return { testMethod, testClass, reason: 'generated-test' };
    }
    if (body === undefined || body.isBroken) {
      return { testMethod, testClass, reason: 'broken-test' };
    }
    if (body.isEmpty) {
      return { testMethod, testClass, reason: 'empty-test' };
    }
    if ('reason' in finding) {
      return { testMethod, testClass, ...finding };
    }
    const calls = resolveCalls(test, body, file, this.#index, this.#types, this.#fieldTypes);
    const direct = this.#pairWith(test, finding, calls);
    const implementation =
      'reason' in direct ? this.#focalClasses.implementationOf(finding.focalClass, calls) : undefined;
    const indirect =
      implementation && 'evidence' in implementation ? this.#pairWith(test, implementation, calls) : direct;
    return 'reason' in indirect ? direct : indirect;
  }

  #pairWith(test: TestCase, finding: FoundClass, calls: readonly ResolvedCall[]): Pairing {
    const { focalClass } = finding;
    const testMethod = test.method;
    const testClass = test.enclosing.at(-1)?.name ?? '';
    const method = findFocalMethod(test.method.name, calls, focalClass, this.#types);
    if ('reason' in method) {
      return { testMethod, testClass, reason: method.reason, focalClass: focalClass.type.name };
    }
    const focal = focalOf(focalClass, method.focalMethod, this.#types);
    return { testMethod, testClass, ...evidenceOf(test, finding.evidence, method), focal };
  }
}

type FoundClass = Extract<FocalClassFinding, { evidence: unknown }>;

function focalOf(focalClass: TypeReference, method: TypeReference['type']['methods'][number], types: TypeResolver) {
  const { type, file } = focalClass;
  const relatedTypes = relatedTypesOf(focalClass, method, types);
  return { file: file.path, type, method, className: type.name, methodName: method.name, relatedTypes };
}

/** Confidence is the product of both steps' figures; evidence starts with what chose the method. */
function evidenceOf(
  test: TestCase,
  classEvidence: keyof typeof FOCAL_CLASS_CONFIDENCE,
  method: Extract<FocalMethodFinding, { focalMethod: unknown }>,
): { confidence: number; evidence: string[] } {
  const evidence: string[] = [method.evidence, classEvidence];
  let confidence = FOCAL_METHOD_CONFIDENCE[method.evidence] * FOCAL_CLASS_CONFIDENCE[classEvidence];
  if (method.isThroughSupertype) {
    evidence.push('call-through-supertype');
    confidence *= 0.93;
  }
  if (method.isOverload) {
    evidence.push('overload-by-arguments');
  }
  if (test.enclosing.length > 1) {
    evidence.push('nested-test-class');
  }
  if (test.style === 'parameterized') {
    evidence.push('parameterized-test');
  }
  if (test.style === 'junit3') {
    evidence.push('junit3-test');
  }
  return { confidence: Math.round(confidence * 100) / 100, evidence };
}
