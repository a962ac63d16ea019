import { Failure } from '../failure.ts';
import { signInAgain } from './sign-in-again.ts';

/** The JSON answer of an identity provider, be it one of success or of an error, which OAuth sends as JSON too. Throws `Failure`. */
export async function askProvider(
  url: string,
  form?: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const body = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
  return fetch(url, { ...body, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
    .then(async (response) => (await response.json()) as Record<string, unknown>)
    .catch(() => {
      throw new Failure('the identity provider does not answer: try again in a moment.', signInAgain);
    });
}

const TIMEOUT_MS = 10_000;
