/** The focal method and what surrounds it, as source text. The five levels are prefixes of these parts (paper P; methods2test). */
export interface FocalContext {
  /** The focal method with its body, without its Javadoc. */
  readonly method: string;
  /** The focal class's declaration line without its body, for instance `public class Foo extends Bar`. */
  readonly classDeclaration: string;
  /** Signatures of the focal class's constructors, for instance `public Foo(int size)`. */
  readonly constructors: readonly string[];
  /** Signatures of the focal class's other public methods. */
  readonly methods: readonly string[];
  /** Declarations of the focal class's public fields, for instance `public static final int MAX`. */
  readonly fields: readonly string[];
  /**
   * Other types of the workspace that the method takes or returns, one a line, for instance `class Money { static Money of(String); }`; see
   * `relatedTypesOf`. Empty in `methods2test` mode, whose levels do not know them.
   */
  readonly relatedTypes: readonly string[];
}

/** One focal-method/test pair. Paths are relative to the workspace, with `/`. */
export interface TestPair {
  /** Lower-case hexadecimal SHA-256 of the other fields' identity and text: the same pair always has the same id. */
  readonly id: string;
  readonly testFile: string;
  /** Simple name. */
  readonly testClass: string;
  readonly testMethod: string;
  readonly focalFile: string;
  /** Simple name. */
  readonly focalClass: string;
  readonly focalMethod: string;
  /** Above 0 and at most 1. */
  readonly confidence: number;
  /** Names of the heuristics that support the pairing, weightiest first. */
  readonly evidence: readonly string[];
  readonly focalContext: FocalContext;
  /** The test method with its annotations, without its Javadoc, indentation of its first line removed from every line. */
  readonly testSource: string;
}
