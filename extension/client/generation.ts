import type { FocalContext } from '../../core/mining/test-pair.ts';
import { maskSecrets } from '../../core/secrets/find-secrets.ts';
import { maskContext } from '../../core/secrets/secrets-in-pair.ts';
import { GenerationServiceService as service } from '../../proto/gen/bespoke/v1/generation.ts';
import type { Connection } from './connection.ts';

/** Which model writes: the repository's active adapter (or the base when none is active), the base, or one adapter. */
export type ModelChoice =
  | { readonly kind: 'active' }
  | { readonly kind: 'base' }
  | { readonly kind: 'adapter'; readonly adapterId: string };

/** A test of the repository that resembles what is wanted. */
export interface NearestTest {
  readonly focalClass: string;
  readonly focalMethodSource: string;
  readonly testSource: string;
}

export interface GenerationRequest {
  readonly repository: string;
  readonly model: ModelChoice;
  readonly focalClass: string;
  readonly focalMethod: string;
  readonly focalContext: FocalContext;
  /** Nearest first. */
  readonly nearestTests: readonly NearestTest[];
  /** 1 to 8. */
  readonly candidates: number;
  /** 0 for the server's default. */
  readonly maxNewTokens?: number;
  /** The candidates are this one, written anew from where it went wrong; fewer come, or none, where the model knows nothing else. */
  readonly faulty?: FaultyCandidate;
}

/** A candidate that the compiler refused, with where: in UTF-16 units, [start, end). */
export interface FaultyCandidate {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A decoded test. */
export interface Candidate {
  /** From 0, best first. */
  readonly rank: number;
  readonly text: string;
  /** Sum over its tokens, in nats. */
  readonly logProbability: number;
  readonly tokens: number;
  /** `false` when the token limit cut it. */
  readonly complete: boolean;
}

export type GenerationPart =
  | {
      readonly kind: 'started';
      /** `null` for the base. */
      readonly adapterId: string | null;
      readonly inputTokens: number;
      readonly nearestTestsUsed: number;
    }
  | { readonly kind: 'delta'; readonly text: string }
  | { readonly kind: 'candidate'; readonly candidate: Candidate }
  | { readonly kind: 'finished'; readonly durationMs: number };

const generationDeadlineMs = 5 * 60_000;

/**
 * Streams candidates, best first. Leaving the loop or aborting frees the request's place in the batch. What looks like a credential is
 * masked: the method under the cursor was not mined, so nothing has kept it back.
 */
export async function* generate(
  connection: Connection,
  request: GenerationRequest,
  limits: { readonly deadlineMs?: number; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<GenerationPart, void, undefined> {
  const focalContext = maskContext(request.focalContext);
  const stream = connection.serverStream(
    service.generate,
    {
      repository: request.repository,
      model: modelToWire(request.model),
      focalClass: request.focalClass,
      focalMethod: request.focalMethod,
      focalContext: {
        method: focalContext.method,
        classDeclaration: focalContext.classDeclaration,
        constructors: [...focalContext.constructors],
        methods: [...focalContext.methods],
        fields: [...focalContext.fields],
        relatedTypes: [...request.focalContext.relatedTypes],
      },
      nearestTests: request.nearestTests.map(({ focalClass, focalMethodSource, testSource }) => ({
        focalClass,
        focalMethodSource: maskSecrets(focalMethodSource),
        testSource: maskSecrets(testSource),
      })),
      candidates: request.candidates,
      maxNewTokens: request.maxNewTokens ?? 0,
      lengthPenalty: undefined,
      faulty: request.faulty,
    },
    { deadlineMs: limits.deadlineMs ?? generationDeadlineMs, signal: limits.signal, repeatable: true },
  );
  for await (const { part } of stream) {
    switch (part?.$case) {
      case 'started':
        yield {
          kind: 'started',
          adapterId: part.value.adapterId === '' ? null : part.value.adapterId,
          inputTokens: part.value.inputTokens,
          nearestTestsUsed: part.value.nearestTestsUsed,
        };
        break;
      case 'delta':
        yield { kind: 'delta', text: part.value.text };
        break;
      case 'candidate': {
        const { rank, text, logProbability, tokens, complete } = part.value;
        yield { kind: 'candidate', candidate: { rank, text, logProbability, tokens, complete } };
        break;
      }
      case 'finished':
        yield { kind: 'finished', durationMs: part.value.durationMs };
        break;
      case undefined:
        // From a newer server: passed over.
        break;
    }
  }
}

function modelToWire(model: ModelChoice) {
  switch (model.kind) {
    case 'active':
      return { $case: 'active', value: {} } as const;
    case 'base':
      return { $case: 'base', value: {} } as const;
    case 'adapter':
      return { $case: 'adapterId', value: model.adapterId } as const;
  }
}
