import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { pythonTool } from '../../python-tools.mjs';
import { home } from './places.ts';

/** What the network does with a request: passes it, alters a byte of the answer, loses the answer, or loses the request. */
export type OnTheWay = 'pass' | 'alter' | 'lose-answer' | 'lose-request';

/** Credentials of every server that these tests start, as an operator gives them: in the environment. */
export const secretAccessKey = 'secret-access-key-that-is-in-no-log';
process.env.AWS_ACCESS_KEY_ID = 'access-key-id-that-is-in-no-log';
process.env.AWS_SECRET_ACCESS_KEY = secretAccessKey;
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** A real S3 server, moto, in a process of its own, and the network before it, which can be broken. Its objects live as long as it does. */
export class S3UnderTest {
  /** Method and path of every request that a Bespoke server made, in order. */
  readonly requests: string[] = [];
  onTheWay: (method: string, path: string) => OnTheWay = () => 'pass';
  /** Called when the server has answered and the answer was lost. */
  onLostAnswer: () => void = () => {};
  #front: Server | undefined;
  #buckets = 0;

  private constructor(
    private readonly process: ChildProcess,
    private readonly port: number,
    private readonly frontPort: number,
    private readonly client: S3Client,
  ) {}

  /** Throws, and never skips, when set-up has not made it. */
  static async start(): Promise<S3UnderTest> {
    const python = pythonTool(home, 's3-server', 'python');
    if (!existsSync(python)) throw new Error(`There is no ${python}: run \`npm test\` once, its set-up makes it.`);
    const [port, frontPort] = [await freePort(), await freePort()];
    const args = ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)];
    const child = spawn(python, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (bytes) => {
      said = (said + bytes).slice(-4000);
    });
    const client = new S3Client({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', forcePathStyle: true });
    const s3 = new S3UnderTest(child, port, frontPort, client);
    const deadline = Date.now() + 120_000;
    while (!(await s3.#answers())) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`The S3 server does not answer: ${said}`);
      await new Promise((next) => setTimeout(next, 200));
    }
    await s3.comeUp();
    return s3;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.frontPort}`;
  }

  async createBucket({ versioned = false } = {}): Promise<string> {
    const Bucket = `bucket-${this.#buckets++}`;
    await this.client.send(new CreateBucketCommand({ Bucket }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    if (versioned) await this.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    return Bucket;
  }

  /** Makes a server keep its artifacts in a bucket. */
  flags(bucket: string, ...more: string[]): string[] {
    return ['--artifacts', `s3://${bucket}/team/bespoke`, '--artifacts-endpoint', this.endpoint, ...more];
  }

  /** Every version of every object and every mark of a deleted one, by key. */
  async versions(bucket: string, prefix = ''): Promise<string[]> {
    const found = await this.client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }));
    return [...(found.Versions ?? []), ...(found.DeleteMarkers ?? [])].map(({ Key = '' }) => Key).sort();
  }

  async unfinishedUploads(bucket: string): Promise<string[]> {
    const { Uploads = [] } = await this.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    return Uploads.map(({ Key = '' }) => Key);
  }

  async put(bucket: string, key: string, content: Uint8Array | string): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
  }

  async get(bucket: string, key: string): Promise<Buffer> {
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  /** Begins an upload that nobody will end. */
  async beginUpload(bucket: string, key: string): Promise<void> {
    const { UploadId } = await this.client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
    const part = { Bucket: bucket, Key: key, UploadId, PartNumber: 1, Body: Buffer.alloc(5 * 1024 * 1024) };
    await this.client.send(new UploadPartCommand(part));
  }

  /** Key of the first object whose key ends so. */
  async keyOf(bucket: string, end: string): Promise<string> {
    const key = (await this.versions(bucket)).find((one) => one.endsWith(end));
    if (key === undefined) throw new Error(`There is no object that ends with ${end}.`);
    return key;
  }

  /** Whatever a test did to the network is over. */
  async mend(): Promise<void> {
    this.onTheWay = () => 'pass';
    this.onLostAnswer = () => {};
    await this.goDown();
    await this.comeUp();
  }

  /** From now on nobody reaches it. */
  async goDown(): Promise<void> {
    const front = this.#front;
    this.#front = undefined;
    front?.closeAllConnections();
    await new Promise((closed) => (front === undefined ? closed(undefined) : front.close(closed)));
  }

  async comeUp(): Promise<void> {
    const front = createHttpServer((incoming, answer) => this.#pass(incoming, answer));
    await new Promise<void>((listening) => front.listen(this.frontPort, '127.0.0.1', listening));
    this.#front = front;
  }

  async stop(): Promise<void> {
    await this.goDown();
    this.client.destroy();
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.kill('SIGKILL');
    await ended;
  }

  #pass(incoming: IncomingMessage, answer: ServerResponse): void {
    const { method = '', url: path = '', headers } = incoming;
    this.requests.push(`${method} ${path}`);
    const fate = this.onTheWay(method, path);
    if (fate === 'lose-request') return;
    const onward = request({ host: '127.0.0.1', port: this.port, method, path, headers }, (back) => {
      const parts: Buffer[] = [];
      back.on('data', (part) => parts.push(part));
      back.on('end', () => {
        const body = Buffer.concat(parts);
        if (fate === 'lose-answer') return this.onLostAnswer();
        if (fate === 'alter') body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
        answer.writeHead(back.statusCode ?? 500, back.headers).end(body);
      });
    });
    onward.on('error', () => answer.destroy());
    incoming.pipe(onward);
  }

  #answers(): Promise<boolean> {
    return new Promise((told) => {
      const asked = request({ host: '127.0.0.1', port: this.port, path: '/moto-api/' }, (answer) => {
        answer.resume();
        told(answer.statusCode === 200);
      });
      asked.on('error', () => told(false));
      asked.end();
    });
  }
}

function freePort(): Promise<number> {
  return new Promise((found) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => found(port));
    });
  });
}
