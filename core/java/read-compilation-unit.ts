import type { CompilationUnit, JavaImport, TypeDeclaration, TypeKind } from './compilation-unit.ts';
import type { JavaCursor } from './java-cursor.ts';
import type { JavaGrammar } from './java-grammar.ts';
import type { JavaTree } from './java-parser.ts';
import { forEachChild, readModifiers, readParameters, readTypeParameters } from './read-declaration-parts.ts';
import { readField, readMethod } from './read-member.ts';

/** Reads what a file declares. Method bodies are not walked, so this costs a small part of parsing. Broken parts are left out. */
export function readCompilationUnit(tree: JavaTree): CompilationUnit {
  return tree.walk((cursor) => readRoot({ source: tree.source, grammar: tree.grammar, cursor }));
}

/** A tree being read: the cursor stands at the node to read, and every reader leaves it there. */
export interface Reading {
  readonly source: string;
  readonly grammar: JavaGrammar;
  readonly cursor: JavaCursor;
}

/** The kind of type that a node declares, if it declares one. */
export function typeKindOf(grammar: JavaGrammar, nodeTypeId: number): TypeKind | undefined {
  const { node } = grammar;
  switch (nodeTypeId) {
    case node.class_declaration:
      return 'class';
    case node.interface_declaration:
      return 'interface';
    case node.enum_declaration:
      return 'enum';
    case node.record_declaration:
      return 'record';
    case node.annotation_type_declaration:
      return 'annotation';
    default:
      return undefined;
  }
}

function readRoot(reading: Reading): CompilationUnit {
  const { cursor, grammar, source } = reading;
  const imports: JavaImport[] = [];
  const types: TypeDeclaration[] = [];
  let packageName = '';
  let packageEnd = 0;
  forEachChild(cursor, (id) => {
    if (id === grammar.node.package_declaration) {
      packageName = readDottedName(reading);
      packageEnd = cursor.endIndex;
    } else if (id === grammar.node.import_declaration) {
      imports.push(readImport(reading));
    } else {
      const kind = typeKindOf(grammar, id);
      if (kind !== undefined) {
        types.push(readType(reading, kind));
      }
    }
  });
  return { package: packageName, packageEnd, imports, types: types.filter((type) => type.end <= source.length) };
}

function readDottedName({ cursor, grammar, source }: Reading): string {
  let name = '';
  forEachChild(cursor, (id) => {
    if (id === grammar.node.scoped_identifier || id === grammar.node.identifier) {
      name = source.slice(cursor.startIndex, cursor.endIndex).replaceAll(/\s|\/\*.*?\*\//gs, '');
    }
  });
  return name;
}

function readImport(reading: Reading): JavaImport {
  const { cursor, grammar, source } = reading;
  const start = cursor.startIndex;
  const end = cursor.endIndex;
  let isOnDemand = false;
  forEachChild(cursor, (id) => {
    isOnDemand ||= id === grammar.node.asterisk;
  });
  const isStatic = /^import\s+static\b/.test(source.slice(start, end));
  return { name: readDottedName(reading), isStatic, isOnDemand, start, end };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

function readType(reading: Reading, kind: TypeKind): TypeDeclaration {
  const { cursor, grammar, source } = reading;
  const { node, field } = grammar;
  const start = cursor.startIndex;
  const type: Mutable<TypeDeclaration> = {
    kind,
    name: '',
    modifiers: [],
    annotations: [],
    typeParameters: [],
    superclass: '',
    interfaces: [],
    components: [],
    enumConstants: [],
    constructors: [],
    methods: [],
    fields: [],
    types: [],
    start,
    end: cursor.endIndex,
    signatureStart: start,
    bodyStart: cursor.endIndex,
    bodyEnd: cursor.endIndex,
  };
  forEachChild(cursor, (id) => {
    const fieldId = cursor.currentFieldId;
    if (id === node.modifiers) {
      const modifiers = readModifiers(reading);
      type.modifiers = [...modifiers.keywords];
      type.annotations = [...modifiers.annotations];
      type.signatureStart = modifiers.signatureStart;
    } else if (fieldId === field.name) {
      type.name = source.slice(cursor.startIndex, cursor.endIndex);
    } else if (id === node.type_parameters) {
      type.typeParameters = readTypeParameters(reading);
    } else if (id === node.superclass) {
      type.superclass = source.slice(cursor.startIndex, cursor.endIndex).replace(/^extends\s+/, '');
    } else if (id === node.super_interfaces || id === node.extends_interfaces) {
      type.interfaces = readTypeList(reading);
    } else if (fieldId === field.parameters) {
      type.components = readParameters(reading);
    } else if (fieldId === field.body) {
      type.bodyStart = cursor.startIndex;
      type.bodyEnd = cursor.endIndex;
      readBody(reading, type);
    }
  });
  return type;
}

function readTypeList({ cursor, grammar, source }: Reading): string[] {
  const types: string[] = [];
  forEachChild(cursor, (listId) => {
    if (listId === grammar.node.type_list) {
      forEachChild(cursor, () => {
        const text = source.slice(cursor.startIndex, cursor.endIndex);
        if (text !== ',') {
          types.push(text);
        }
      });
    }
  });
  return types;
}

function readBody(reading: Reading, type: Mutable<TypeDeclaration>): void {
  const { cursor, grammar, source } = reading;
  const { node } = grammar;
  forEachChild(cursor, (id) => {
    switch (id) {
      case node.method_declaration:
        type.methods.push(readMethod(reading, false));
        return;
      case node.constructor_declaration:
      case node.compact_constructor_declaration:
        type.constructors.push(readMethod(reading, true));
        return;
      case node.field_declaration:
      case node.constant_declaration:
        type.fields.push(readField(reading));
        return;
      case node.enum_body_declarations:
        readBody(reading, type);
        return;
      case node.enum_constant:
        type.enumConstants.push(readEnumConstantName(reading, source));
        return;
      default: {
        const kind = typeKindOf(grammar, id);
        if (kind !== undefined) {
          type.types.push(readType(reading, kind));
        }
      }
    }
  });
}

function readEnumConstantName({ cursor, grammar }: Reading, source: string): string {
  let name = '';
  forEachChild(cursor, () => {
    if (cursor.currentFieldId === grammar.field.name) {
      name = source.slice(cursor.startIndex, cursor.endIndex);
    }
  });
  return name;
}
