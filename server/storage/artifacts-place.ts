import { readFile } from 'node:fs/promises';
import { BespokeError, startRefused } from '../errors.ts';
import type { DataDir } from './data-dir.ts';
import { writeDurably } from './durable-file.ts';
import type { S3Bucket, S3Place } from './s3-bucket.ts';
import { StoreFailure } from './store-failure.ts';

/** The object store that holds a data folder's artifacts; `undefined` while they are in the folder itself. */
export async function knownPlace({ artifactsPlace }: DataDir): Promise<S3Place | undefined> {
  const text = await readFile(artifactsPlace, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as S3Place);
}

export async function rememberPlace(dataDir: DataDir, { bucket, prefix, endpoint }: S3Place): Promise<void> {
  await writeDurably(dataDir.artifactsPlace, `${JSON.stringify({ bucket, prefix, endpoint })}\n`);
}

export function urlOf({ bucket, prefix }: S3Place): string {
  return `s3://${bucket}/${prefix}`.replace(/\/$/u, '');
}

/**
 * Makes sure that a place is this server's, which `owner` names, before anything in it is read or erased: an empty one becomes it, unless the
 * artifacts are `known` to be somewhere. Throws `BespokeError` `start-refused`.
 */
export async function claimPlace(bucket: S3Bucket, place: S3Place, known: S3Place | undefined, owner: string) {
  const url = urlOf(place);
  try {
    let found = await bucket.read(OWNER);
    if (found === undefined && known !== undefined)
      throw startRefused(
        `The artifacts of this data folder are in ${urlOf(known)} and not in ${url}: give --artifacts ${urlOf(known)}, or copy every object from there first.`,
      );
    if (found === undefined) {
      if (!(await bucket.isEmpty()))
        throw startRefused(`There are objects in ${url} that no Bespoke server put there: name an empty prefix.`);
      await bucket.put(OWNER, Buffer.from(JSON.stringify({ owner })), true);
      found = await bucket.read(OWNER);
    }
    // Nobody else can list what a store does not list, and nothing could be forgotten there.
    await bucket.count(OWNER);
    if (ownerIn(found) !== owner)
      throw startRefused(
        `The place ${url} belongs to another Bespoke server: name another prefix, or bring that server's receipt-key.pem along with its data.`,
      );
  } catch (error) {
    if (!(error instanceof BespokeError) || error.situation !== 'object-store-away') throw error;
    throw startRefused(`The object store for ${url} cannot be used, ${clauseOf(error.cause)}.`, { cause: error });
  }
}

const OWNER = 'bespoke-server.json';

function ownerIn(text: Buffer | undefined): unknown {
  try {
    return (JSON.parse(text?.toString('utf8') ?? '') as { owner?: unknown } | null)?.owner;
  } catch {
    return undefined;
  }
}

function clauseOf(cause: unknown): string {
  const { failure, status } = cause instanceof StoreFailure ? cause : new StoreFailure('unknown', undefined);
  if (failure === 'CredentialsProviderError')
    return 'no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what else the AWS SDK reads';
  if (failure === 'NoSuchBucket') return 'there is no such bucket: make it, or check --artifacts';
  if (status === 401 || status === 403)
    return `it refuses the server (${failure}): check the credentials and the rights that docs/operating.md lists`;
  if (status !== undefined)
    return `it does not do what the server needs (${failure}, status ${status}): check --artifacts-endpoint`;
  return `it does not answer (${failure}): check --artifacts-endpoint, AWS_REGION and the network`;
}
