import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Library } from '../../../server/base/corpus-recipe.ts';
import { evaluationCoordinates, repositoriesOf } from '../../../server/experiment/repository.ts';

const library = (coordinate: string, use: Library['use']): Library => ({
  ...{ coordinate, use, licence: 'Apache-2.0', sha256: { sources: '', 'test-sources': '' } },
  ...(use === 'evaluation' ? { build: { pomSha256: '', added: [] } } : {}),
});
const recipe = [
  library('org.example:trained:1.0', 'train'),
  library('org.example:watched:1.0', 'validation'),
  library('org.example:kept:2.0', 'evaluation'),
];

/** A folder with this pom, or with none. */
function workspace(name: string, pom?: string): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'bespoke-repository-')), name);
  mkdirSync(folder);
  if (pom !== undefined) writeFileSync(join(folder, 'pom.xml'), pom);
  return folder;
}

const pomOf = (inner: string) => `<project>${inner}</project>`;
const own = '<groupId>org.example</groupId><artifactId>trained</artifactId><version>9</version>';
const dependency = `<dependencies><dependency>${own}</dependency></dependencies>`;
const named = '<groupId>org.other</groupId><artifactId>other</artifactId>';

async function check(places: readonly string[], expected: readonly string[] | RegExp): Promise<void> {
  const found = repositoriesOf(places, '/libraries', recipe);
  if (expected instanceof RegExp) return await expect(found).rejects.toThrow(expected);
  expect((await found).map(({ name }) => name)).toEqual(expected);
}

const refused =
  /^The base model was tuned or validated on org\.example:(trained|watched):1\.0, .*: name another repository\.$/;

describe('repositories of an experiment', () => {
  it.each([
    ['a folder', [workspace('mine')], ['mine']],
    ['a folder whose name is no file name everywhere', [workspace('my shop (new)')], ['my-shop--new-']],
    ['a library that is kept for evaluation', ['org.example:kept:2.0'], ['kept-2.0']],
    ['several, in their order', ['org.example:kept:2.0', workspace('mine')], ['kept-2.0', 'mine']],
    ['a folder that depends on a trained library', [workspace('user', pomOf(named + dependency))], ['user']],
  ] as const)('takes %s', (_, places, expected) => check(places, expected));

  it.each([
    ['a library that was trained on', ['org.example:trained:1.0'], refused],
    ['a library that tuning was validated on', ['org.example:watched:1.0'], refused],
    ['its sources in a folder, whatever the version', [workspace('copy', pomOf(own))], refused],
    [
      'its sources with the group of the parent',
      [
        workspace(
          'copy',
          pomOf(
            '<parent><groupId>org.example</groupId><artifactId>p</artifactId></parent><artifactId>trained</artifactId>',
          ),
        ),
      ],
      refused,
    ],
    [
      'coordinates that are not pinned',
      ['org.example:kept:3.0'],
      /^There is no folder org\.example:kept:3\.0, and corpus/,
    ],
    ['two of one name', [workspace('mine'), workspace('mine')], /^Two repositories are called mine/],
  ] as const)('refuses %s', (_, places, expected) => check(places, expected));

  it('are the libraries that are kept for evaluation where none is named', () => {
    expect(evaluationCoordinates(recipe)).toEqual(['org.example:kept:2.0']);
    expect(evaluationCoordinates().length).toBeGreaterThanOrEqual(4);
  });
});
