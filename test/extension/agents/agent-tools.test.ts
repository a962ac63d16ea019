import { expect, test } from 'vitest';
import { type AgentWorkspace, agentTools, runAgentTool, type TestWish } from '../../../extension/agents/agent-tools.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import words from '../../../package.nls.json' with { type: 'json' };

test('the editor is told of the same tools, in the same words', () => {
  const told = packageJson.contributes.languageModelTools.map(({ name, modelDescription, inputSchema }) => ({
    name,
    modelDescription,
    inputSchema,
  }));
  expect(told).toEqual(
    Object.values(agentTools).map(({ name, description, inputSchema }) => ({
      name: `bespoke_${name}`,
      modelDescription: description,
      inputSchema,
    })),
  );
});

test('every tool has its name and description for people', () => {
  for (const { displayName, userDescription } of packageJson.contributes.languageModelTools)
    for (const key of [displayName, userDescription])
      expect(words[key.slice(1, -1) as keyof typeof words]).toMatch(/^[A-Z]/);
});

test('only reading is offered in Restricted Mode', () => {
  const offered = packageJson.contributes.languageModelTools.filter((tool) => !('when' in tool));
  expect(offered.map(({ toolReferenceName }) => toolReferenceName)).toEqual(['styleOfThisRepo']);
});

const nobody: AgentWorkspace = {
  generateTest: () => Promise.reject(new Error('not asked')),
  personalizationStatus: () => Promise.reject(new Error('not asked')),
  houseStyle: async () => null,
};

/** Runs `generateTest` with an input and gives what the workspace was asked for. */
async function wishOf(input: unknown): Promise<TestWish | undefined> {
  let wish: TestWish | undefined;
  const generateTest = async (asked: TestWish) => {
    wish = asked;
    return [];
  };
  await runAgentTool({ ...nobody, generateTest }, 'generateTest', input, new AbortController().signal);
  return wish;
}

test('an input is read as it is meant', async () => {
  expect(await wishOf({ file: 'A.java', method: 'a' })).toEqual({ file: 'A.java', method: 'a', line: undefined });
  expect(await wishOf({ file: 'A.java', method: 'a', line: 3 })).toMatchObject({ line: 3 });
});
for (const input of [
  undefined,
  null,
  'A.java',
  { file: 1, method: 'a' },
  { file: '', method: 'a' },
  { file: 'A.java' },
])
  test(`${JSON.stringify(input)} is no wish`, () => expect(wishOf(input)).rejects.toThrow(/send both as text/));
for (const line of [0, 1.5, '3'])
  test(`${JSON.stringify(line)} is no line`, () =>
    expect(wishOf({ file: 'A.java', method: 'a', line })).rejects.toThrow(/no whole number from 1/));
test('a repository without tests has no style', async () => {
  const answer = await runAgentTool(nobody, 'styleOfThisRepo', {}, new AbortController().signal);
  expect(JSON.parse(answer)).toEqual({ tests: 0, traits: [] });
});
