import type { NewImport } from '../../placement/resolve-imports.ts';
import type { BrokenTest } from './broken-test.ts';

export interface NamedType {
  /** As the test file writes it. */
  readonly text: string;
  readonly imports: readonly NewImport[];
}

/** How the test file names a type that javac names in full: by its simple name, imported if need be, unless that name is another type's. */
export function nameType(qualified: string, { unit, placement }: BrokenTest): NamedType {
  const simple = qualified.slice(qualified.lastIndexOf('.') + 1);
  const packageName = qualified.slice(0, Math.max(0, qualified.length - simple.length - 1));
  const asIs = { text: simple, imports: [] };
  const types = unit.imports.filter(({ isStatic }) => !isStatic);
  const imported = types.find(({ name, isOnDemand }) => !isOnDemand && name.endsWith(`.${simple}`));
  if (imported !== undefined) return imported.name === qualified ? asIs : { text: qualified, imports: [] };
  // A type of the file itself, whatever it is, wins over one that an import would bring.
  const declared = new RegExp(`\\b(?:class|interface|enum|record)\\s+${simple.replaceAll('$', '\\$')}\\b`);
  if (declared.test(placement.text)) return { text: qualified, imports: [] };
  if (packageName === '' || packageName === 'java.lang' || packageName === unit.package) return asIs;
  if (types.some(({ name, isOnDemand }) => isOnDemand && name === packageName)) return asIs;
  return { text: simple, imports: [{ name: qualified, isStatic: false }] };
}

/** The same for a type with arguments, for instance `java.util.List<java.lang.String>`. */
export function nameWholeType(written: string, test: BrokenTest): NamedType {
  const imports: NewImport[] = [];
  const text = written.replaceAll(/(?:[\p{L}_$][\p{L}\p{N}_$]*\.)+[\p{L}_$][\p{L}\p{N}_$]*/gu, (qualified) => {
    const named = nameType(qualified, test);
    imports.push(...named.imports);
    return named.text;
  });
  return { text: text.replaceAll(/,(?=\S)/g, ', '), imports };
}
