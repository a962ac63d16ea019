import type * as generation from '../../proto/gen/bespoke/v1/generation.ts';
import { invalidRequest } from '../errors.ts';
import type { CandidateRequest, CandidateStreamPart, ModelChoice } from '../flow-generate.ts';
import { focalContextFromWire } from './convert-pair.ts';

/** Throws `BespokeError` `invalid-request` for a request without model or focal context. */
export function candidateRequestFromWire(request: generation.GenerateRequest): CandidateRequest {
  return {
    repository: request.repository,
    model: modelFromWire(request.model),
    focalClass: request.focalClass,
    focalMethod: request.focalMethod,
    focalContext: focalContextFromWire(request.focalContext),
    nearestTests: request.nearestTests.map(({ focalClass, focalMethodSource, testSource }) => ({
      focalClass,
      focalMethodSource,
      testSource,
    })),
    candidates: request.candidates,
    maxNewTokens: request.maxNewTokens === 0 ? null : request.maxNewTokens,
    lengthPenalty: request.lengthPenalty ?? null,
    faulty: request.faulty ?? null,
  };
}

function modelFromWire(model: generation.GenerateRequest['model']): ModelChoice {
  switch (model?.$case) {
    case 'active':
      return { kind: 'active' };
    case 'base':
      return { kind: 'base' };
    case 'adapterId':
      return { kind: 'adapter', adapterId: model.value };
    case undefined:
      throw invalidRequest('The request chooses no model', 'set active, base or adapter_id');
  }
}

export function candidatePartToWire(part: CandidateStreamPart): generation.GenerateResponse {
  switch (part.kind) {
    case 'started': {
      const { inputTokens, nearestTestsUsed } = part;
      return { part: { $case: 'started', value: { adapterId: part.adapterId ?? '', inputTokens, nearestTestsUsed } } };
    }
    case 'delta':
      return { part: { $case: 'delta', value: { text: part.text } } };
    case 'candidate': {
      const { rank, text, logProbability, tokens, complete } = part.candidate;
      return { part: { $case: 'candidate', value: { rank, text, logProbability, tokens, complete } } };
    }
    case 'finished':
      return { part: { $case: 'finished', value: { durationMs: part.durationMs } } };
  }
}
