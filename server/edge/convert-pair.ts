import type { FocalContext, TestPair } from '../../core/mining/test-pair.ts';
import type * as common from '../../proto/gen/bespoke/v1/common.ts';
import { invalidRequest } from '../errors.ts';

/** Throws `BespokeError` `invalid-request` for a pair without the parts that make it one. */
export function pairFromWire(pair: common.TestPair): TestPair {
  if (!/^[0-9a-f]{64}$/.test(pair.id))
    throw invalidRequest('A pair of the corpus has no valid id', 'mine the repository again');
  return {
    id: pair.id,
    testFile: pair.testFile,
    testClass: pair.testClass,
    testMethod: pair.testMethod,
    focalFile: pair.focalFile,
    focalClass: pair.focalClass,
    focalMethod: pair.focalMethod,
    confidence: pair.confidence,
    evidence: pair.evidence,
    focalContext: focalContextFromWire(pair.focalContext),
    testSource: pair.testSource,
  };
}

/** Throws `BespokeError` `invalid-request` when there is none. */
export function focalContextFromWire(context: common.FocalContext | undefined): FocalContext {
  if (context === undefined)
    throw invalidRequest('A focal context is missing', 'send focal_context with the focal method');
  return {
    method: context.method,
    classDeclaration: context.classDeclaration,
    constructors: context.constructors,
    methods: context.methods,
    fields: context.fields,
    relatedTypes: context.relatedTypes,
  };
}
