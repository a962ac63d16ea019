import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { diskFull, objectStoreAway } from '../errors.ts';
import type { Log } from '../log.ts';
import type { StoredObjects } from './artifact-store.ts';
import { isDiskFull } from './durable-file.ts';
import { isNoObject, nameOf, StoreFailure, statusOf } from './store-failure.ts';

/** A part of a bucket that is ours alone. */
export interface S3Place {
  readonly bucket: string;
  /** Empty, or ends with a slash; keys below are what follows it. */
  readonly prefix: string;
  /** Of a store that is not Amazon's. */
  readonly endpoint: string | undefined;
}

/**
 * The objects of one place, and the only owner of the AWS SDK. Bodies are sent from memory in parts, because only what is in memory can be
 * sent again, and is signed with its SHA-256, so that the store refuses what was altered on the way.
 */
export class S3Bucket {
  readonly #client: S3Client;

  constructor(
    private readonly place: S3Place,
    private readonly log: Log,
  ) {
    // The log is JSON lines, and the version of the SDK is pinned.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
    const { endpoint } = place;
    this.#client = new S3Client({
      // Stores that are not Amazon's have no regions; the signature names one all the same.
      ...(endpoint === undefined
        ? {}
        : { endpoint, forcePathStyle: true, region: process.env.AWS_REGION ?? 'us-east-1' }),
      requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
      // The checksums that the SDK adds by itself are not understood everywhere, and nothing here needs them.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  /** Writes an object. With `onlyIfNew` it returns false, and changes nothing, when there is one. */
  async put(key: string, body: Uint8Array, onlyIfNew = false): Promise<boolean> {
    try {
      const condition = onlyIfNew ? { IfNoneMatch: '*' } : {};
      await this.#client.send(new PutObjectCommand({ ...this.#object(key), Body: body, ...condition }));
      return true;
    } catch (error) {
      if (onlyIfNew && statusOf(error) === 412) return false;
      throw this.#away('put', error);
    }
  }

  /** Writes a file, which has to have this hash: a disk may have changed it since it was checked. */
  async putFile(key: string, path: string, sha256: string): Promise<void> {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > PART_BYTES) return await this.#putInParts(key, file, size, sha256);
      const body = await readPart(file, 0, size);
      requireHash(createHash('sha256').update(body).digest('hex'), sha256);
      await this.put(key, body);
    } finally {
      await file.close();
    }
  }

  async #putInParts(key: string, file: FileHandle, size: number, sha256: string): Promise<void> {
    const begin = new CreateMultipartUploadCommand(this.#object(key));
    const { UploadId } = await this.#do('put', () => this.#client.send(begin));
    const upload = { ...this.#object(key), UploadId };
    try {
      const whole = createHash('sha256');
      const parts: { PartNumber: number; ETag: string | undefined }[] = [];
      for (let at = 0; at < size; at += PART_BYTES) {
        const body = await readPart(file, at, Math.min(PART_BYTES, size - at));
        whole.update(body);
        const PartNumber = parts.length + 1;
        const part = new UploadPartCommand({ ...upload, PartNumber, Body: body });
        const { ETag } = await this.#do('put', () => this.#client.send(part));
        parts.push({ PartNumber, ETag });
      }
      requireHash(whole.digest('hex'), sha256);
      const end = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } });
      await this.#do('put', () => this.#client.send(end));
    } catch (error) {
      // What cannot be taken back now is erased with the repository, or at the next start.
      await this.#client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
      throw error;
    }
  }

  /** An object's content; `undefined` when there is none. */
  async read(key: string): Promise<Buffer | undefined> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#object(key)));
      return Body === undefined ? undefined : Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (isNoObject(error)) return undefined;
      throw this.#away('get', error);
    }
  }

  /** Writes an object into a new file and returns its bytes, at most one part more than `most`; `undefined` when there is none. */
  async fetch(key: string, path: string, most: number, signal: AbortSignal): Promise<number | undefined> {
    const file = await open(path, 'wx');
    let bytes = 0;
    try {
      for await (const part of this.#download(key, signal)) {
        bytes += part.length;
        if (bytes > most) return bytes;
        await file.writeFile(part);
      }
      await file.sync();
      return bytes;
    } catch (error) {
      if (isNoObject(error)) return undefined;
      throw isDiskFull(error) ? diskFull({ cause: error }) : error;
    } finally {
      await file.close();
    }
  }

  /** What breaks here is the store's, what breaks at the consumer is not. */
  async *#download(key: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#object(key)), { abortSignal: signal });
      for await (const part of (Body ?? []) as AsyncIterable<Uint8Array>) {
        signal.throwIfAborted();
        yield part;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (isNoObject(error)) throw error;
      throw this.#away('get', error);
    }
  }

  async isEmpty(): Promise<boolean> {
    const { KeyCount = 0 } = await this.#do('list', () =>
      this.#client.send(new ListObjectsV2Command({ ...this.#under(''), MaxKeys: 1 })),
    );
    return KeyCount === 0;
  }

  /** Keys and bytes of all objects that begin with `prefix`. */
  async list(prefix: string): Promise<{ readonly key: string; readonly bytes: number }[]> {
    const objects: { key: string; bytes: number }[] = [];
    let from: string | undefined;
    try {
      do {
        const page = await this.#client.send(
          new ListObjectsV2Command({
            ...this.#under(prefix),
            ...(from === undefined ? {} : { ContinuationToken: from }),
          }),
        );
        for (const { Key = '', Size = 0 } of page.Contents ?? [])
          objects.push({ key: Key.slice(this.place.prefix.length), bytes: Size });
        from = page.NextContinuationToken;
      } while (from !== undefined);
      return objects;
    } catch (error) {
      throw this.#away('list', error);
    }
  }

  /** What stands between `prefix` and the next slash, also where only replaced or deleted objects are left. */
  async folders(prefix: string): Promise<string[]> {
    const names: string[] = [];
    for await (const { CommonPrefixes = [] } of this.#versions(prefix, '/'))
      for (const { Prefix = '' } of CommonPrefixes)
        names.push(Prefix.slice(this.place.prefix.length + prefix.length, -1));
    return names;
  }

  /** Everything that begins with `prefix`, replaced and deleted objects and unfinished uploads included. */
  async count(prefix: string): Promise<StoredObjects> {
    let [versions, bytes, unfinishedUploads] = [0, 0, 0];
    for await (const { Versions = [], DeleteMarkers = [] } of this.#versions(prefix)) {
      versions += Versions.length + DeleteMarkers.length;
      for (const { Size = 0 } of Versions) bytes += Size;
    }
    for await (const uploads of this.#uploads(prefix)) unfinishedUploads += uploads.length;
    return { versions, bytes, unfinishedUploads };
  }

  /** Ends uploads that nobody goes on with. */
  async eraseUploads(prefix: string): Promise<void> {
    for await (const uploads of this.#uploads(prefix))
      for (const { Key, UploadId } of uploads)
        await this.#do('erase', () =>
          this.#client.send(new AbortMultipartUploadCommand({ Bucket: this.place.bucket, Key, UploadId })),
        );
  }

  /** Erases all that begins with `prefix`, every version of it, and unfinished uploads; settles when nothing is left. */
  async eraseAll(prefix: string): Promise<void> {
    // Uploads first: one that ended meanwhile is an object, which comes next.
    await this.eraseUploads(prefix);
    for await (const { Versions = [], DeleteMarkers = [] } of this.#versions(prefix)) {
      const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
      if (Objects.length === 0) continue;
      const Delete = { Objects, Quiet: true };
      const { Errors = [] } = await this.#do('erase', () =>
        this.#client.send(new DeleteObjectsCommand({ Bucket: this.place.bucket, Delete })),
      );
      const [refused] = Errors;
      if (refused !== undefined) throw this.#away('erase', { code: refused.Code });
    }
    const left = await this.count(prefix);
    if (left.versions + left.unfinishedUploads > 0) throw this.#away('erase', { code: 'NotErased' });
  }

  close(): void {
    this.#client.destroy();
  }

  async *#versions(prefix: string, delimiter?: string) {
    let from: { KeyMarker: string; VersionIdMarker?: string } | undefined;
    do {
      const page = await this.#do('list', () =>
        this.#client.send(
          new ListObjectVersionsCommand({
            ...this.#under(prefix),
            ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
            ...from,
          }),
        ),
      );
      yield page;
      const { IsTruncated = false, NextKeyMarker = '', NextVersionIdMarker = '' } = page;
      from = IsTruncated
        ? { KeyMarker: NextKeyMarker, ...(NextVersionIdMarker === '' ? {} : { VersionIdMarker: NextVersionIdMarker }) }
        : undefined;
    } while (from !== undefined);
  }

  async *#uploads(prefix: string) {
    let from: { KeyMarker: string; UploadIdMarker: string } | undefined;
    do {
      const page = await this.#do('list', () =>
        this.#client.send(new ListMultipartUploadsCommand({ ...this.#under(prefix), ...from })),
      );
      yield page.Uploads ?? [];
      const { IsTruncated = false, NextKeyMarker = '', NextUploadIdMarker = '' } = page;
      from = IsTruncated ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : undefined;
    } while (from !== undefined);
  }

  #object(key: string) {
    return { Bucket: this.place.bucket, Key: this.place.prefix + key };
  }

  #under(prefix: string) {
    return { Bucket: this.place.bucket, Prefix: this.place.prefix + prefix };
  }

  async #do<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw this.#away(what, error);
    }
  }

  /** The SDK's own messages and fields may quote keys and key ids: its name for the failure and the status say enough. */
  #away(what: string, error: unknown): Error {
    const cause = new StoreFailure(nameOf(error), statusOf(error));
    this.log.warn('object-store-failed', { what, failure: cause.failure, status: cause.status });
    return objectStoreAway({ cause });
  }
}

/** Bodies up to this go in one request. */
export const PART_BYTES = 16 * 1024 * 1024;
const CONNECT_MS = 3_000;
/** A store that says nothing for so long is away. */
const SILENCE_MS = 6_000;

class FileChanged extends Error {}

function requireHash(found: string, expected: string): void {
  if (found !== expected) throw new FileChanged('A file changed after it was checked.');
}

async function readPart(file: FileHandle, begin: number, bytes: number): Promise<Uint8Array> {
  const part = new Uint8Array(bytes);
  let done = 0;
  while (done < bytes) {
    const { bytesRead } = await file.read(part, done, bytes - done, begin + done);
    if (bytesRead === 0) throw new FileChanged('A file ended early.');
    done += bytesRead;
  }
  return part;
}
