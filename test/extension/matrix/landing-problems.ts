import type { CompilationUnit, TypeDeclaration } from '../../../core/java/compilation-unit.ts';
import { type JavaParser, withJavaTree } from '../../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../../core/java/read-compilation-unit.ts';
import {
  applyInsertions,
  isPlaced,
  type Placement,
  type PlacementRefusal,
} from '../../../extension/placement/placement.ts';
import type { Files, Landing } from './matrix-case.ts';

/** Everything in which a kept test does not stand as it should; none when all is right. */
export function landingProblems(
  parser: JavaParser,
  files: Files,
  kept: Placement | PlacementRefusal,
  lands: Landing,
): string[] {
  if (!isPlaced(kept)) return [`it was not placed: ${kept.problem}`];
  const problems: string[] = [];
  const expect = (what: string, found: unknown, wanted: unknown) => {
    if (JSON.stringify(found) !== JSON.stringify(wanted))
      problems.push(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
  };
  expect('file', kept.file, lands.file);
  expect('class', kept.binaryClassName, lands.class);
  expect('method', kept.method, lands.method);
  const before = files[kept.file] ?? '';
  expect('new file', kept.isNewFile, before === '');
  if (applyInsertions(before, [...kept.imports, kept.test]) !== kept.text) problems.push('it is no pure insertion');
  if (before.includes('\r\n') !== kept.text.includes('\r\n') || /\r\n/.test(kept.text) === /[^\r]\n/.test(kept.text))
    problems.push('its line ends are mixed');
  if (!kept.text.startsWith(lands.startsWith ?? '')) problems.push(`the file begins ${kept.text.slice(0, 40)}`);

  const unit = read(parser, kept.text);
  const type = classOf(unit, lands.class);
  if (type === undefined) return [...problems, 'its class is not in the file'];
  const old = importsOf(read(parser, before));
  expect(
    'imports',
    importsOf(unit).filter((line) => !old.includes(line)),
    lands.imports,
  );
  if (lands.extends !== undefined) expect('superclass', type.superclass, lands.extends);
  const at = type.methods.findIndex(({ name }) => name === lands.method);
  const method = type.methods[at];
  if (method === undefined) return [...problems, 'it is not in its class'];
  expect('method before it', type.methods[at - 1]?.name ?? null, lands.after);
  const indent = (lands.indent ?? '    ').repeat(lands.class.split('$').length);
  const lineStart = kept.text.lastIndexOf('\n', method.start - 1) + 1;
  expect('indentation', kept.text.slice(lineStart, method.start), indent);
  const bodyLine = kept.text.slice(method.bodyStart + 1).match(/^\r?\n([ \t]*)/)?.[1];
  expect('indentation of its body', bodyLine, indent + (lands.indent ?? '    '));
  const gap = kept.text.slice(0, lineStart).match(/([^\s])[^\S\n]*\n([^\S\n]*\n)*$/);
  const blankLines = (gap?.[0].match(/\n/g)?.length ?? 0) - 1;
  if (lands.after !== null && blankLines !== 1) problems.push(`${blankLines} blank lines above it`);
  if (lands.contains !== undefined && !kept.text.includes(lands.contains)) {
    problems.push(`${lands.contains} is not in ${kept.test.text}`);
  }
  return problems;
}

function read(parser: JavaParser, source: string): CompilationUnit {
  return withJavaTree(parser, source, readCompilationUnit);
}

function importsOf(unit: CompilationUnit): string[] {
  return unit.imports.map(
    ({ name, isStatic, isOnDemand }) => `${isStatic ? 'static ' : ''}${name}${isOnDemand ? '.*' : ''}`,
  );
}

function classOf(unit: CompilationUnit, binaryName: string): TypeDeclaration | undefined {
  const [outer = '', ...nested] = binaryName.slice(binaryName.lastIndexOf('.') + 1).split('$');
  let type = unit.types.find(({ name }) => name === outer);
  for (const name of nested) type = type?.types.find((inner) => inner.name === name);
  return type;
}
