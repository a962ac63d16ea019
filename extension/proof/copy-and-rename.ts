import { isIdentifier } from '../../core/java/keywords.ts';
import { renameIdentifiers } from '../../core/metrics/java-tokens.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';

/** What the substitution reads of a pair. */
type RenamedFrom = Pick<TestPair, 'focalClass' | 'focalMethod' | 'testMethod' | 'testSource'>;
type RenamedTo = Pick<TestPair, 'focalClass' | 'focalMethod'>;

/**
 * The nearest test made into a test of another focal method by names alone: its focal class's name, also as a variable is called after
 * it, its focal method's name and its own name are substituted, whole identifiers each. It takes no model, and is hard to beat.
 */
export function copyAndRename(nearest: RenamedFrom, wanted: RenamedTo): string {
  const names = new Map([
    [decapitalised(nearest.focalClass), decapitalised(wanted.focalClass)],
    [nearest.focalMethod, wanted.focalMethod],
    [nearest.focalClass, wanted.focalClass],
    [nearest.testMethod, testNameFor(nearest, wanted.focalMethod)],
  ]);
  return renameIdentifiers(nearest.testSource, (name) => {
    const substitute = names.get(name) ?? name;
    // No variable can be called after a class `Switch`.
    return isIdentifier(substitute) ? substitute : name;
  });
}

/** The test's name with the focal method's name in it substituted; where it does not occur, the name of the new focal method. */
function testNameFor({ focalMethod, testMethod }: RenamedFrom, wanted: string): string {
  const pattern = (name: string) => name.replaceAll('$', '\\$');
  const asWord = `(?<!\\p{L})${pattern(decapitalised(focalMethod))}(?!\\p{Ll})`;
  const inCamelCase = `${pattern(capitalised(focalMethod))}(?!\\p{Ll})`;
  const occurrence = new RegExp(`${asWord}|${inCamelCase}`, 'gu');
  const isCapitalised = (name: string) => name === capitalised(name);
  if (testMethod.search(occurrence) >= 0)
    return testMethod.replace(occurrence, (found) => (isCapitalised(found) ? capitalised(wanted) : wanted));
  // JUnit 3 knows a test by this prefix.
  return /^test(?!\p{Ll})/u.test(testMethod) ? `test${capitalised(wanted)}` : wanted;
}

const capitalised = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
const decapitalised = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
