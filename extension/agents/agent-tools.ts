import type { HouseStyle } from '../../core/style/house-style.ts';

/** What an agent can ask for, in chat and over the Model Context Protocol alike. */
export interface AgentTool {
  readonly name: AgentToolName;
  readonly title: string;
  /** For the model: when to use it and what comes back. */
  readonly description: string;
  /** JSON Schema of the input. */
  readonly inputSchema: {
    readonly type: 'object';
    readonly properties: Readonly<
      Record<string, { readonly type: 'string' | 'integer'; readonly description: string }>
    >;
    readonly required: readonly string[];
    readonly additionalProperties: false;
  };
}

export const agentToolNames = ['generateTest', 'personalizationStatus', 'styleOfThisRepo'] as const;
export type AgentToolName = (typeof agentToolNames)[number];

const nothing = { type: 'object', properties: {}, required: [], additionalProperties: false } as const;

/** package.json repeats this table for the editor; a test compares the two. */
export const agentTools: Readonly<Record<AgentToolName, AgentTool>> = {
  generateTest: {
    name: 'generateTest',
    title: 'Generate a unit test for a Java method',
    description:
      'Writes unit tests for one Java method of this workspace with a model that was trained on the tests of this repository, compiles and runs them, and returns them best first, each with where it belongs and what the check found. Writes nothing into the workspace.',
    inputSchema: {
      type: 'object',
      properties: {
        file: { type: 'string', description: 'Java file with the method, relative to the workspace, with /' },
        method: { type: 'string', description: 'Name of the method; for a constructor, of its class' },
        line: { type: 'integer', description: 'A line inside the method, from 1; needed where several have this name' },
      },
      required: ['file', 'method'],
      additionalProperties: false,
    },
  },
  personalizationStatus: {
    name: 'personalizationStatus',
    title: 'Tell which model writes the tests of this repository',
    description:
      'Tells how many tests this repository has to learn from, which personalized models the server keeps for it, what each gained on tests that it never saw, and which one writes.',
    inputSchema: nothing,
  },
  styleOfThisRepo: {
    name: 'styleOfThisRepo',
    title: 'Tell how this repository writes its tests',
    description:
      'Tells how this repository writes its unit tests: framework, assertion and mock libraries, naming, structure, fixtures, base classes and length, each with its share and tests that show it. Reads only; use it before writing a test by hand.',
    inputSchema: nothing,
  },
};

/** What is asked of `generateTest`. */
export interface TestWish {
  readonly file: string;
  readonly method: string;
  /** From 1. */
  readonly line: number | undefined;
}

/** One test, as an agent is told of it. */
export interface OfferedTest {
  /** Where it belongs, relative to the workspace. */
  readonly file: string;
  readonly isNewFile: boolean;
  /** The line of the unchanged file after which it goes, from 1; 1 for a new file. */
  readonly line: number;
  /** For a new file, the whole file. */
  readonly text: string;
  readonly imports: readonly string[];
  readonly verdict: string;
  readonly reason: string;
}

/** What an agent is told of the repository's models. */
export interface PersonalizationStatus {
  readonly repository: string;
  readonly testsToLearnFrom: number;
  readonly server: string;
  /** `null`: the server is not running, and asking for a status does not start it. */
  readonly models: readonly KeptModel[] | null;
}

/** A model that the server keeps. */
export interface KeptModel {
  /** `whole repository`, or a module. */
  readonly of: string;
  /** ISO 8601. */
  readonly made: string;
  readonly strategy: string;
  readonly active: boolean;
  readonly gain: string;
}

/** The repository behind the tools. */
export interface AgentWorkspace {
  generateTest(wish: TestWish, signal: AbortSignal): Promise<readonly OfferedTest[]>;
  personalizationStatus(signal: AbortSignal): Promise<PersonalizationStatus>;
  /** `null` when there is no test. */
  houseStyle(signal: AbortSignal): Promise<HouseStyle | null>;
}

/** The input is not what the tool takes; the message is for the model, which can ask again. */
export class AgentInputError extends Error {
  override readonly name = 'AgentInputError';
}

/** Runs a tool and gives its answer as JSON. Throws `AgentInputError`, or whatever the workspace throws. */
export async function runAgentTool(
  workspace: AgentWorkspace,
  name: string,
  input: unknown,
  signal: AbortSignal,
): Promise<string> {
  const known = agentToolNames.find((one) => one === name);
  switch (known) {
    case 'generateTest':
      return asJson({ tests: await workspace.generateTest(readWish(input), signal) });
    case 'personalizationStatus':
      return asJson(await workspace.personalizationStatus(signal));
    case 'styleOfThisRepo':
      return asJson(styleFacts(await workspace.houseStyle(signal)));
    case undefined:
      throw new AgentInputError(`There is no tool ${name}: use ${agentToolNames.join(', ')}.`);
  }
}

function readWish(input: unknown): TestWish {
  const { file, method, line } = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  if (typeof file !== 'string' || typeof method !== 'string' || file === '' || method === '')
    throw new AgentInputError('The input lacks file or method: send both as text.');
  if (line !== undefined && !(typeof line === 'number' && Number.isInteger(line) && line >= 1))
    throw new AgentInputError('The line is no whole number from 1: send one, or leave it out.');
  return { file, method, line };
}

/** Only what a model can use: no more than the three commonest habits of a trait, each with two tests to look at. */
function styleFacts(style: HouseStyle | null) {
  if (style === null) return { tests: 0, traits: [] };
  const traits = style.traits.map(({ name, unit, habits }) => ({
    trait: name,
    countedPer: unit,
    habits: habits.slice(0, 3).map(({ name: habit, share, evidence }) => ({
      habit,
      share: Number(share.toFixed(2)),
      seenIn: evidence
        .slice(0, 2)
        .map(({ file, testMethod }) => (testMethod === null ? file : `${file}#${testMethod}`)),
    })),
  }));
  return { tests: style.tests, testClasses: style.testClasses, traits };
}

function asJson(answer: object): string {
  return JSON.stringify(answer, null, 1);
}
