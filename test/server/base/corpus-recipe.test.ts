import { expect, test } from 'vitest';
import { readRecipe } from '../../../server/base/corpus-recipe.ts';

const libraries = readRecipe();
const artifactsOf = (use: string) =>
  libraries.filter((library) => library.use === use).map(({ coordinate }) => coordinate.split(':')[1]);

/** Marks of the twenty repositories of the paper, which stay out so that its table can be measured. */
const paperProjects =
  /dataprep|data-prep|geotools|titus|smartactors|arakhne|android|everrest|brave|dhis|tutorials|baeldung|mobi|oakpal|dubbo|wilma|herd|drools|modeshape|athenz|openscience|\bcdk\b|ditto/i;

test('names 25 to 40 libraries by complete entries', () => {
  expect(libraries.length).toBeGreaterThanOrEqual(25);
  expect(libraries.length).toBeLessThanOrEqual(40);
});

test('keeps at least six libraries for evaluation and two for validation', () => {
  expect(artifactsOf('evaluation').length).toBeGreaterThanOrEqual(6);
  expect(artifactsOf('evaluation')).toContain('commons-text');
  expect(artifactsOf('validation')).toHaveLength(2);
});

test("holds none of the paper's projects", () => {
  expect(libraries.filter(({ coordinate }) => paperProjects.test(coordinate))).toEqual([]);
});

test('pins every library once, with hashes of its own', () => {
  const hashes = libraries.flatMap(({ sha256 }) => Object.values(sha256));
  expect(new Set(hashes).size).toBe(2 * libraries.length);
});

const complete = {
  coordinate: 'a:b:1.0',
  licence: 'MIT',
  use: 'train',
  sha256: { sources: '0'.repeat(64), 'test-sources': '1'.repeat(64) },
};

test.each([
  ['a coordinate without a version', { ...complete, coordinate: 'a:b' }],
  ['no licence', { ...complete, licence: undefined }],
  ['an unknown use', { ...complete, use: 'test' }],
  ['a use for evaluation but no pom', { ...complete, use: 'evaluation' }],
  ['a pom but no use for it', { ...complete, build: { pomSha256: '2'.repeat(64), added: [] } }],
  ['a hash that is cut', { ...complete, sha256: { ...complete.sha256, sources: '0'.repeat(63) } }],
])('refuses an entry with %s', (_what, entry) => {
  expect(readRecipe([complete])).toHaveLength(1);
  expect(() => readRecipe([entry])).toThrow('is not complete');
});

test('refuses two entries that would share a folder', () => {
  expect(() => readRecipe([complete, { ...complete, coordinate: 'c:b:1.0' }])).toThrow('same artifact and version');
});
