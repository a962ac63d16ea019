import type { GenerateRequest } from '../../proto/gen/bespoke/v1/generation.ts';

/** What is asked for in generations, whatever the model; short, so that a tiny model answers at once. */
export const prompts = ['add', 'subtractAll', 'divideBy'].map(promptFor);

function promptFor(focalMethod: string, at: number) {
  return {
    ...{ focalClass: 'Foo', focalMethod, candidates: at === 2 ? 3 : 1, nearestTests: [], maxNewTokens: 16 },
    focalContext: {
      ...{ method: `int ${focalMethod}(int a, int b) { return a; }`, classDeclaration: 'class Foo' },
      ...{ constructors: [], methods: [], fields: [], relatedTypes: [] },
    },
  };
}

/** A prompt, the first if none is named, for the base of the repository `repo`. */
export function promptRequest(at = 0, more: Partial<GenerateRequest> = {}): GenerateRequest {
  const prompt = prompts[at];
  if (prompt === undefined) throw new RangeError(`There is no prompt ${at}.`);
  const model = { $case: 'base', value: {} } as const;
  return { ...prompt, repository: 'repo', model, lengthPenalty: undefined, faulty: undefined, ...more };
}
