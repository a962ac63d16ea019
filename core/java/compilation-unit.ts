/**
 * What a Java file declares, without method bodies. Every offset counts UTF-16 units from the start of the source text; a span is
 * `[start, end)`. The objects are plain data: they survive JSON and outlive the tree they were read from.
 */
export interface CompilationUnit {
  /** Dotted name; empty for the unnamed package. */
  readonly package: string;
  /** Offset just after the package declaration's semicolon, or 0: where the first import may go. */
  readonly packageEnd: number;
  readonly imports: readonly JavaImport[];
  /** Top-level types, in source order. */
  readonly types: readonly TypeDeclaration[];
}

export interface JavaImport {
  /** Dotted name without `.*`; for a static import of one member it ends with the member. */
  readonly name: string;
  readonly isStatic: boolean;
  readonly isOnDemand: boolean;
  readonly start: number;
  readonly end: number;
}

export type TypeKind = 'class' | 'interface' | 'enum' | 'record' | 'annotation';

export interface TypeDeclaration {
  readonly kind: TypeKind;
  /** Simple name. */
  readonly name: string;
  readonly modifiers: readonly string[];
  readonly annotations: readonly JavaAnnotation[];
  readonly typeParameters: readonly string[];
  /** Source text of the extended class's type, for instance `Base<String>`; empty when there is none. */
  readonly superclass: string;
  /** Source text of the implemented (for an interface: extended) types. */
  readonly interfaces: readonly string[];
  /** A record's components. */
  readonly components: readonly JavaParameter[];
  readonly enumConstants: readonly string[];
  readonly constructors: readonly MethodDeclaration[];
  readonly methods: readonly MethodDeclaration[];
  readonly fields: readonly FieldDeclaration[];
  readonly types: readonly TypeDeclaration[];
  /** Span of the whole declaration, with annotations, without Javadoc. */
  readonly start: number;
  readonly end: number;
  /** Where the declaration starts after its annotations. */
  readonly signatureStart: number;
  /** Span of the body, braces included. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** A method or constructor. A constructor's `name` is its class's and its `returnType` is empty. */
export interface MethodDeclaration {
  readonly name: string;
  readonly isConstructor: boolean;
  readonly modifiers: readonly string[];
  readonly annotations: readonly JavaAnnotation[];
  readonly typeParameters: readonly string[];
  readonly returnType: string;
  readonly parameters: readonly JavaParameter[];
  /** Span of the whole declaration, with annotations, without Javadoc. */
  readonly start: number;
  readonly end: number;
  /** Where the declaration starts after its annotations. */
  readonly signatureStart: number;
  /** Where the body's opening brace stands; -1 when there is no body. */
  readonly bodyStart: number;
}

export interface JavaParameter {
  readonly name: string;
  /** Source text of the type, for instance `List<String>`; of a variable-arity parameter, its element type. */
  readonly type: string;
  readonly isVariableArity: boolean;
}

export interface FieldDeclaration {
  /** One declaration may declare several: `int a, b;`. */
  readonly names: readonly string[];
  readonly type: string;
  readonly modifiers: readonly string[];
  readonly annotations: readonly JavaAnnotation[];
  readonly start: number;
  readonly end: number;
  readonly signatureStart: number;
  /** Where the first declarator's initializer ends the signature, or where the semicolon stands. */
  readonly signatureEnd: number;
}

export interface JavaAnnotation {
  /** As written, without `@`: `Test` or `org.junit.Test`. */
  readonly name: string;
  /** Source text of the argument list with its parentheses, cut at 200 characters; empty when there is none. */
  readonly arguments: string;
}
