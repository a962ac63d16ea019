/** What a store said, or what was said instead when it did not answer. */
export class StoreFailure extends Error {
  constructor(
    readonly failure: string,
    /** Of HTTP; `undefined` when no answer came. */
    readonly status: number | undefined,
  ) {
    super(failure);
  }
}

/** Status of HTTP of an error of the AWS SDK. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}

export function isNoObject(error: unknown): boolean {
  return statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket';
}

/** Errors of the network have a code, those of the store a name. */
export function nameOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
}
