import { invalidRequest } from './errors.ts';

/** 1 to 64 of `a-z`, `0-9`, `-`, `_` and `.`, as the contract says of a repository's name. */
export function isSimpleName(name: string): boolean {
  return /^[a-z0-9._-]{1,64}$/.test(name);
}

export function requireRepositoryName(name: string): void {
  if (!isSimpleName(name))
    throw invalidRequest('The repository has no valid name', 'send 1 to 64 of a-z, 0-9, "-", "_" and "."');
}

/** Lower-case hexadecimal. It becomes a file name, so nothing else may pass. */
export function requireSha256(field: string, sha256: string): void {
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw invalidRequest(`The field ${field} holds no SHA-256`, 'send 64 lower-case hexadecimal digits');
}

export function requireRequestId(requestId: string): void {
  if (requestId === '' || requestId.length > 128)
    throw invalidRequest('The request has no valid request_id', 'send 1 to 128 characters, new for every run');
}

/** As large as the ledger counts. */
export function requireSequence(sequence: number): void {
  if (!Number.isInteger(sequence) || sequence < 0 || sequence > MOST_SEQUENCE)
    throw invalidRequest('The field after_sequence holds no sequence number', 'send that of the last event seen, or 0');
}

const MOST_SEQUENCE = 2 ** 31 - 1;
