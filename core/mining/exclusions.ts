import { readFile } from 'node:fs/promises';
import ignore, { type Ignore } from 'ignore';
import { MiningError, type UnpairedTest } from './mining-record.ts';
import type { Pairing } from './pairing.ts';

/** At the root of the workspace: what is never learned from. Written as `.gitignore` is, with one addition, see `Exclusions`. */
export const exclusionsFileName = '.bespokeignore';

/**
 * What the team keeps out of training: files by the patterns of `.gitignore`, and single tests by lines such as
 * `path/FooTest.java#testName`, whose part before the `#` is such a pattern. As in git the last line that fits decides, and `!` takes
 * something in again.
 */
export class Exclusions {
  static readonly none = new Exclusions('');

  readonly text: string;
  readonly #files: Ignore;
  /** Patterns of the lines for a single test, by the test's name. */
  readonly #tests = new Map<string, Ignore>();
  readonly #isEmpty: boolean;

  constructor(text: string) {
    this.text = text;
    const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
    this.#files = patterns().add(lines.filter((line) => testLine(line) === null));
    for (const line of lines) {
      const single = testLine(line);
      if (single === null) continue;
      const known = this.#tests.get(single.test) ?? patterns();
      this.#tests.set(single.test, known.add(single.pattern));
    }
    this.#isEmpty = lines.every((line) => line.trim() === '' || line.startsWith('#'));
  }

  /** Paths are relative to the workspace, with `/`. */
  excludesFile(path: string): boolean {
    return !this.#isEmpty && this.#files.ignores(path);
  }

  excludesTest(testFile: string, testMethod: string): boolean {
    return this.excludesFile(testFile) || this.#tests.get(testMethod)?.ignores(testFile) === true;
  }
}

/** A workspace without the file excludes nothing. Throws where it is there and cannot be read: going on would learn what is kept out. */
export async function readExclusions(workspace: string): Promise<Exclusions> {
  try {
    return new Exclusions(await readFile(`${workspace}/${exclusionsFileName}`, 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return Exclusions.none;
    const message = `${exclusionsFileName} in ${workspace} cannot be read, so nothing was mined: check its permissions.`;
    throw new MiningError('exclusions-unreadable', message, { cause });
  }
}

/** The record of a test that is kept out, else `undefined`. Its method is named as well: it has a test all the same. */
export function excludedTest(exclusions: Exclusions, testFile: string, pairing: Pairing): UnpairedTest | undefined {
  const { testMethod, testClass } = pairing;
  const focal = 'reason' in pairing ? undefined : pairing.focal;
  const isExcluded =
    exclusions.excludesTest(testFile, testMethod.name) || (focal !== undefined && exclusions.excludesFile(focal.file));
  if (!isExcluded) return undefined;
  const test = { kind: 'unpaired', testFile, testClass, testMethod: testMethod.name, reason: 'excluded' } as const;
  if (focal === undefined) return test;
  return { ...test, focalClass: focal.className, focalFile: focal.file, focalMethod: focal.methodName };
}

/** The text with a line that excludes this one test. */
export function withTestExcluded(text: string, testFile: string, testMethod: string): string {
  const line = lineOf(testFile, testMethod);
  if (text.split(/\r?\n/).includes(line)) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}

/** The text without the lines that exclude this one test, as `withTestExcluded` writes them; other lines may still exclude it. */
export function withTestAccepted(text: string, testFile: string, testMethod: string): string {
  const line = lineOf(testFile, testMethod);
  return text
    .split('\n')
    .filter((one) => one.trimEnd() !== line)
    .join('\n');
}

/** A leading slash ties it to this one file; what patterns read as special is escaped. */
function lineOf(testFile: string, testMethod: string): string {
  return `/${testFile.replaceAll(/[\\*?[\] ]/g, '\\$&')}#${testMethod}`;
}

/** Java tells upper case from lower case, on every machine. */
function patterns(): Ignore {
  return ignore({ ignorecase: false });
}

function testLine(line: string): { readonly pattern: string; readonly test: string } | null {
  const [, pattern, test] = /^(?!#)(.+\.java)#([\p{L}_$][\p{L}\p{N}_$]*)\s*$/u.exec(line) ?? [];
  return pattern === undefined || test === undefined ? null : { pattern, test };
}
