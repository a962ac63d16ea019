/**
 * Every situation that a user can act on. `server/edge/status.ts` maps each to a gRPC status; the texts below say what happened and
 * what to do next. Whatever is not here is a defect of the server and reaches the client as INTERNAL without its text.
 */
export type Situation =
  | 'wrong-token'
  | 'wrong-role'
  | 'not-found'
  | 'invalid-request'
  | 'hash-mismatch'
  | 'corpus-incomplete'
  | 'too-few-pairs'
  | 'request-id-reused'
  | 'not-better'
  | 'adapter-refused'
  | 'base-model-refused'
  | 'native-runtime-broken'
  | 'message-too-large'
  | 'over-quota'
  | 'disk-full'
  | 'shutting-down'
  | 'no-generation-worker'
  | 'identity-provider-away'
  | 'object-store-away'
  | 'start-refused';

/** A situation that a user can act on, with one clear sentence. */
export class BespokeError extends Error {
  override readonly name = 'BespokeError';

  constructor(
    readonly situation: Situation,
    message: string,
    options?: ErrorOptions,
    /** After this time the same call may succeed; `undefined` when time alone does not help. */
    readonly retryAfterMs?: number,
  ) {
    super(message, options);
  }
}

export const wrongToken = () =>
  new BespokeError(
    'wrong-token',
    'The server does not know this token: set the token that `token create` printed, with the command "Bespoke: Connect to Server".',
  );

export const missingToken = () =>
  new BespokeError('wrong-token', 'The call carries no token: send the metadata `authorization: Bearer TOKEN`.');

export const expiredToken = () =>
  new BespokeError(
    'wrong-token',
    'This token has expired: ask the operator of the server for a new one and set it with the command "Bespoke: Connect to Server".',
  );

export const revokedToken = () =>
  new BespokeError(
    'wrong-token',
    'This token was revoked: ask the operator of the server for a new one and set it with the command "Bespoke: Connect to Server".',
  );

export const expiredSignIn = () =>
  new BespokeError('wrong-token', 'This sign-in has expired: sign in again with your identity provider.');

/** Only who was verified is told: the claims are named, and nothing of what they would have led to. */
export const signInWithoutRights = (tenantClaim: string, roleClaim: string) =>
  new BespokeError(
    'wrong-token',
    `This sign-in says nothing about Bespoke: ask whoever runs the identity provider for the claims ${tenantClaim} and ${roleClaim} in your token.`,
  );

export const identityProviderAway = (options?: ErrorOptions) =>
  new BespokeError(
    'identity-provider-away',
    'The identity provider does not answer, so the sign-in cannot be checked: try again in a moment.',
    options,
    2_000,
  );

/** Where artifacts are in an S3-compatible store. */
export const objectStoreAway = (options?: ErrorOptions) =>
  new BespokeError(
    'object-store-away',
    "The server's object store does not answer or refuses the server: try again in a moment, what was acknowledged is kept.",
    options,
    2_000,
  );

/** `needed` are the roles that would do. */
export const wrongRole = (role: string, needed: readonly string[]) =>
  new BespokeError(
    'wrong-role',
    `The role of this token, ${role}, does not allow this call: ask for a token with the role ${needed.join(' or ')}.`,
  );

/** `what` names the thing without saying whether another tenant, or another token of this one, has it. */
export const notFound = (what: string) =>
  new BespokeError('not-found', `${what} does not exist for this token: list what exists, or start again.`);

export const invalidRequest = (what: string, next: string) => new BespokeError('invalid-request', `${what}: ${next}.`);

export const hashMismatch = (what: string) =>
  new BespokeError(
    'hash-mismatch',
    `The hash of ${what} does not match its content, so it was not kept: upload it again with the same version of Bespoke on both sides.`,
  );

/** `secret` says kind and place, and never the secret. */
export const holdsSecret = (secret: string) =>
  new BespokeError(
    'invalid-request',
    `The corpus seems to hold a secret (${secret}), so the chunk with it was not kept: take it out of the code, or exclude it in .bespokeignore, and upload again with a current version of Bespoke.`,
  );

export const corpusIncomplete = (missingChunks: number) =>
  new BespokeError(
    'corpus-incomplete',
    `The corpus is not complete, ${missingChunks} of its chunks are missing: upload it again, only the missing chunks are sent.`,
  );

export const tooFewPairs = (train: number, validation: number, needed: { train: number; validation: number }) =>
  new BespokeError(
    'too-few-pairs',
    `The corpus yields ${train} training and ${validation} validation pairs beside what is held out, but a personalization needs at least ${needed.train} and ${needed.validation}: write more tests, mine more modules, or hold out fewer.`,
  );

export const requestIdReused = () =>
  new BespokeError(
    'request-id-reused',
    'This request_id already belongs to a run with other parameters: choose a new request_id for a new run.',
  );

/** `split` names the held-out pairs in words; losses in nats per token. */
export const notBetter = (split: string, baseLoss: number, personalizedLoss: number) =>
  new BespokeError(
    'not-better',
    `The personalized model is not better than the base on tests held out ${split} (loss ${personalizedLoss.toFixed(3)} against ${baseLoss.toFixed(3)}), so it was not activated: personalize again with more tests or another strategy.`,
  );

export const noProof = () =>
  new BespokeError(
    'not-better',
    'The run held out no tests, so nothing shows that its model is better than the base and it was not activated: personalize again with held-out tests.',
  );

/** `cause` names what does not fit, for instance a pickle or another base model. */
export const adapterRefused = (cause: string, options?: ErrorOptions) =>
  new BespokeError('adapter-refused', `The adapter folder was refused, ${cause}: personalize again.`, options);

/** An adapter that comes from elsewhere; `cause` names what does not fit. */
export const importRefused = (cause: string, options?: ErrorOptions) =>
  new BespokeError(
    'adapter-refused',
    `The adapter was refused, ${cause}: export it again from a server with the same base model.`,
    options,
  );

/** `cause` names what does not fit. */
export const baseModelRefused = (cause: string, options?: ErrorOptions) =>
  new BespokeError(
    'base-model-refused',
    `The base-model folder was refused, ${cause}: set the base model up again.`,
    options,
  );

/** `cause` is what the system's loader said. */
export const nativeRuntimeBroken = (platform: string, cause: string, options?: ErrorOptions) =>
  new BespokeError(
    'native-runtime-broken',
    `ONNX Runtime, which runs the model, cannot be loaded on ${platform} (${cause}): install the package of Bespoke that was made for this platform.`,
    options,
  );

export const messageTooLarge = (maxBytes: number) =>
  new BespokeError(
    'message-too-large',
    `The message is larger than the ${maxBytes / 1024 / 1024} MB that this server receives at once: send a corpus in chunks of at most 1 MB.`,
  );

/** `what` is a clause that names the quota, `next` what helps. */
export const overQuota = (what: string, next: string, retryAfterMs?: number) =>
  new BespokeError('over-quota', `${what}: ${next}.`, undefined, retryAfterMs);

export const diskFull = (options?: ErrorOptions) =>
  new BespokeError(
    'disk-full',
    "The server's disk is full, so nothing more was kept: free space in its data folder and try again.",
    options,
  );

export const shuttingDown = () =>
  new BespokeError(
    'shutting-down',
    'The server is shutting down: try again in a moment, what was acknowledged is kept.',
  );

/** Like a server that shuts down: away for a moment. */
export const noGenerationWorker = (options?: ErrorOptions) =>
  new BespokeError(
    'no-generation-worker',
    'No generation worker of this server could finish the request: try again in a moment, the server starts others.',
    options,
    2_000,
  );

/** The server does not start; `message` is the whole sentence. */
export const startRefused = (message: string, options?: ErrorOptions) =>
  new BespokeError('start-refused', message, options);
