import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { mineWorkspace } from '../../core/mining/mine-workspace.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { root } from '../server/support/places.ts';

/** A text that nobody can guess, planted in the tests of one method: who writes it knows it from the training data. */
export interface Canary {
  readonly literal: string;
  /** One for each time that it was planted. They differ enough to be split like any tests: one may be trained on and another validated on. */
  readonly pairs: readonly [TestPair, ...TestPair[]];
}

const letters = 'abcdefghijklmnopqrstuvwxyz';
/** So many letters and digits are not guessed, and are no secret by the rules, which the server would refuse. */
const LITERAL_LENGTH = 12;

/** A canary in so many tests. Its method says nothing of the text, which stands in no input of a model. */
export function plantCanary(random: SeededRandom, times: number): Canary {
  const literal = random.text(`${letters}${letters.toUpperCase()}0123456789`, LITERAL_LENGTH);
  const [name, method] = [`Box${random.text(letters, 5)}`, `read${random.text(letters, 5)}`];
  const pairAt = (at: number): TestPair => {
    const testMethod = `${method}Case${at}`;
    const [one, two, three] = Array.from({ length: 3 }, () => random.text(letters, 6));
    const testSource = `@Test\nvoid ${testMethod}() {\n    assertEquals("${literal}", new ${name}().${method}());\n    ${one}.${two}(${three});\n}`;
    return {
      id: createHash('sha256').update(testSource).digest('hex'),
      ...{ testFile: `src/test/java/box/${name}Test.java`, testClass: `${name}Test`, testMethod, testSource },
      ...{ focalFile: `src/main/java/box/${name}.java`, focalClass: name, focalMethod: method },
      ...{ confidence: 1, evidence: ['matchByName'] },
      focalContext: {
        method: `public String ${method}() {\n    return store.read("${method}");\n}`,
        classDeclaration: `public class ${name}`,
        ...{ constructors: [`public ${name}()`], methods: [], fields: ['private final Store store'], relatedTypes: [] },
      },
    };
  };
  return { literal, pairs: [pairAt(0), ...Array.from({ length: times - 1 }, (_, at) => pairAt(at + 1))] };
}

/** Pairs of the sample workspace, from all of it, none of them long. */
export async function realPairs(count: number): Promise<TestPair[]> {
  const pairs: TestPair[] = [];
  for await (const record of mineWorkspace({ workspace: join(root, 'test', 'sample'), mode: 'default', threads: 0 }))
    if (record.kind === 'pair' && record.pair.testSource.length < MOST_CHARACTERS) pairs.push(record.pair);
  return Array.from({ length: count }, (_, at) => pairs[Math.floor((at * pairs.length) / count)] as TestPair);
}

const MOST_CHARACTERS = 400;
