import type { JavaAnnotation, MethodDeclaration, TypeDeclaration } from '../java/compilation-unit.ts';
import { erasure, type Scope, type TypeResolver } from './resolve-types.ts';
import { type IndexedFile, qualify, type TypeReference, type WorkspaceIndex } from './workspace-index.ts';

export type TestStyle = 'annotated' | 'parameterized' | 'junit3' | 'testng-class';

/** A test method with the classes it stands in, outermost first. */
export interface TestCase {
  readonly method: MethodDeclaration;
  readonly enclosing: readonly TypeDeclaration[];
  readonly style: TestStyle;
}

const PARAMETERIZED_ANNOTATIONS = [
  'org.junit.jupiter.params.ParameterizedTest',
  'org.junitpioneer.jupiter.cartesian.CartesianTest',
  'org.junit.experimental.theories.Theory',
  'net.jqwik.api.Property',
  'com.pholser.junit.quickcheck.Property',
];
const TESTNG_TEST = 'org.testng.annotations.Test';
const TEST_ANNOTATIONS = new Set([
  'org.junit.Test',
  'org.junit.jupiter.api.Test',
  'org.junit.jupiter.api.RepeatedTest',
  'org.junit.jupiter.api.TestFactory',
  'org.junit.jupiter.api.TestTemplate',
  'org.junitpioneer.jupiter.RetryingTest',
  'net.jqwik.api.Example',
  TESTNG_TEST,
  ...PARAMETERIZED_ANNOTATIONS,
]);
const JUNIT3_TEST_CASE = 'junit.framework.TestCase';
const CONFIGURATION =
  /^(?:Before|After|BeforeClass|AfterClass|BeforeMethod|AfterMethod|BeforeSuite|AfterSuite|BeforeTest|AfterTest|DataProvider|Factory|Parameters)/;
const MAX_DEPTH = 6;

/** Finds test methods. Annotations are resolved through imports: a project's own `@Test` or `@Property` is no test by its name. */
export class TestRecognizer {
  readonly #index: WorkspaceIndex;
  readonly #types: TypeResolver;
  readonly #composed = new Map<string, string | undefined>();

  constructor(index: WorkspaceIndex, types: TypeResolver) {
    this.#index = index;
    this.#types = types;
  }

  /** The test methods of a file that have a body, in source order. */
  testCasesOf(file: IndexedFile): TestCase[] {
    const found: TestCase[] = [];
    for (const type of this.#index.factsOf(file).unit.types) {
      this.#visit(file, [type], found);
    }
    return found.sort((a, b) => a.method.start - b.method.start);
  }

  #visit(file: IndexedFile, enclosing: readonly TypeDeclaration[], found: TestCase[]): void {
    const type = enclosing.at(-1);
    if (type === undefined || type.kind === 'annotation') {
      return;
    }
    const scope = { file, enclosing, typeParameters: [] };
    const isJUnit3 = this.#isTestCaseClass(type, { ...scope, enclosing: enclosing.slice(0, -1) }, 0);
    const isTestNgClass = type.annotations.some(
      (annotation) => this.#testAnnotation(annotation, scope, 0) === TESTNG_TEST,
    );
    for (const method of type.methods) {
      const style = method.bodyStart < 0 ? undefined : this.#styleOf(method, scope, isJUnit3, isTestNgClass);
      if (style !== undefined) {
        found.push({ method, enclosing, style });
      }
    }
    for (const nested of type.types) {
      this.#visit(file, [...enclosing, nested], found);
    }
  }

  #styleOf(method: MethodDeclaration, scope: Scope, isJUnit3: boolean, isTestNgClass: boolean): TestStyle | undefined {
    for (const annotation of method.annotations) {
      const name = this.#testAnnotation(annotation, scope, 0);
      if (name !== undefined) {
        const isParameterized =
          PARAMETERIZED_ANNOTATIONS.includes(name) || /\bdataProvider\b/.test(annotation.arguments);
        return isParameterized ? 'parameterized' : 'annotated';
      }
    }
    const isPublicVoid =
      method.modifiers.includes('public') && method.returnType === 'void' && !method.modifiers.includes('static');
    if (isJUnit3 && isPublicVoid && method.parameters.length === 0 && /^test/.test(method.name)) {
      return 'junit3';
    }
    const isConfiguration = method.annotations.some((annotation) => CONFIGURATION.test(annotation.name));
    return isTestNgClass && isPublicVoid && !isConfiguration ? 'testng-class' : undefined;
  }

  /** The test annotation that an annotation is or is composed of, by qualified name. */
  #testAnnotation(annotation: JavaAnnotation, scope: Scope, depth: number): string | undefined {
    const qualified = this.#qualifiedName(annotation.name, scope.file);
    if (qualified !== undefined && TEST_ANNOTATIONS.has(qualified)) {
      return qualified;
    }
    const declared = depth < MAX_DEPTH ? this.#types.resolve(annotation.name, scope) : undefined;
    return declared?.type.kind === 'annotation' ? this.#composedOf(declared, depth) : undefined;
  }

  #composedOf(declared: TypeReference, depth: number): string | undefined {
    if (!this.#composed.has(declared.qualifiedName)) {
      this.#composed.set(declared.qualifiedName, undefined);
      const scope = this.#types.scopeOf(declared);
      const name = declared.type.annotations
        .map((annotation) => this.#testAnnotation(annotation, scope, depth + 1))
        .find((found) => found !== undefined);
      this.#composed.set(declared.qualifiedName, name);
    }
    return this.#composed.get(declared.qualifiedName);
  }

  /** The qualified name that the file's imports give a simple name, where that name is not the workspace's own. */
  #qualifiedName(name: string, file: IndexedFile): string | undefined {
    if (name.includes('.')) {
      return name;
    }
    const { imports } = this.#index.factsOf(file).unit;
    const single = imports.find((one) => !one.isStatic && !one.isOnDemand && one.name.endsWith(`.${name}`));
    if (single !== undefined) {
      return single.name;
    }
    if (this.#index.filesDeclaring(qualify(file.package, name)).length > 0) {
      return undefined;
    }
    const known = imports.find((one) => one.isOnDemand && !one.isStatic && isKnown(`${one.name}.${name}`));
    return known && `${known.name}.${name}`;
  }

  /** JUnit 3: the class extends `TestCase`, if need be through others. A class from outside is judged by its name. */
  #isTestCaseClass(type: TypeDeclaration, scope: Scope, depth: number): boolean {
    if (type.superclass === '' || depth > MAX_DEPTH) {
      return false;
    }
    const superclass = this.#types.resolve(type.superclass, scope);
    if (superclass !== undefined) {
      const around = { file: superclass.file, enclosing: superclass.enclosing, typeParameters: [] };
      return this.#isTestCaseClass(superclass.type, around, depth + 1);
    }
    const name = erasure(type.superclass);
    return this.#qualifiedName(name, scope.file) === JUNIT3_TEST_CASE || /TestCase$/.test(name);
  }
}

function isKnown(qualifiedName: string): boolean {
  return TEST_ANNOTATIONS.has(qualifiedName) || qualifiedName === JUNIT3_TEST_CASE;
}
