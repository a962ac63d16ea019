import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { credentials, Client as GrpcClient, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, expect, test } from 'vitest';
import { SeededRandom } from '../seeded-random.ts';
import { corpus, runRequest, startRun } from '../server/support/runs.ts';
import { endServers, localToken, type ServerUnderTest, startServer } from '../server/support/server-under-test.ts';
import { faultRun } from './fault-run.ts';
import { type FaultyCall, MessageMaker } from './malformed-messages.ts';
import { MemoryGrowth } from './memory-growth.ts';

afterAll(endServers);

const run = faultRun('messages');
const longestMs = 1_000;
const callsAtATime = 4;

test(
  'no message breaks the server, holds it up or makes it grow',
  async () => {
    const server = await startServer({
      behaviour: 'steps=2',
      // What a tenant over its quota sends is not looked at any further.
      flags: ['--tenant-requests-per-second', '1000000'],
    });
    const client = server.client();
    await client.upload('repo', corpus);
    const known = await startRun(client, 'known');
    await client.watch(known.id);
    const random = new SeededRandom(7);
    const texts = ['repo', known.id, corpus.sha256, runRequest('known').requestId, 'Foo', 'add'];
    const maker = new MessageMaker(random, { texts });
    const caller = new Caller(server.address);
    const amount = run.amount(150, 10_000);
    const memory = new MemoryGrowth(() => residentBytes(server));
    const statuses: Record<string, number> = {};
    const hangs: string[] = [];
    let slowestMs = 0;
    const send = async (make: () => FaultyCall, frame: boolean) => {
      const call = make();
      const started = performance.now();
      const answer = frame ? await caller.sendFrame(call, random) : await caller.send(call);
      const tookMs = performance.now() - started;
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > longestMs)
        hangs.push(`${call.path} ${call.message.toString('base64').slice(0, 300)}: ${tookMs.toFixed(0)} ms`);
      statuses[answer] = (statuses[answer] ?? 0) + 1;
    };
    for (let done = 0; done < amount; done += callsAtATime) {
      const calls = Array.from({ length: callsAtATime }, (_, at) => at % 2 === 0);
      await Promise.all(Array.from({ length: callsAtATime }, () => send(() => maker.byGrammar(), false)));
      await Promise.all(calls.map((frame) => send(() => maker.raw(), frame)));
      const isWarm = done > amount / 3;
      if (isWarm && done % Math.ceil(amount / 60) < callsAtATime) memory.sample();
    }
    caller.close();

    expect((await client.getServer()).tenant).toBe('local');
    expect(server.process.exitCode).toBeNull();
    const defects = server
      .log()
      .split('\n')
      .filter((line) => line.includes('"call-broke"') || line.includes('"level":"error"'));
    if (defects.length + hangs.length > 0)
      console.log([...new Set(defects)].slice(0, 8).join('\n'), hangs.slice(0, 5).join('\n'));
    run.report({
      ...{ byGrammar: amount, raw: amount, crashes: defects.length, hangs: hangs.length },
      ...{ slowestMs: Math.round(slowestMs), memoryGrowthPercent: memory.percent, ...statuses },
    });
    expect([defects.length, hangs.length]).toEqual([0, 0]);
    expect(statuses.INTERNAL ?? 0, JSON.stringify(statuses)).toBeLessThan(amount);
    if (run.isLong) expect(memory.percent).toBeLessThan(5);
  },
  run.timeoutMs,
);

/** Sends bytes as they are. */
class Caller {
  readonly #client: GrpcClient;
  #connection: ClientHttp2Session | undefined;

  constructor(private readonly address: string) {
    this.#client = new GrpcClient(address, credentials.createInsecure(), { 'grpc.enable_http_proxy': 0 });
  }

  /** The server may end a connection that it was sent nonsense over. */
  get #session(): ClientHttp2Session {
    if (this.#connection === undefined || this.#connection.closed || this.#connection.destroyed) {
      this.#connection = connect(`http://${this.address}`);
      this.#connection.on('error', () => {});
    }
    return this.#connection;
  }

  /** One message in a frame as it should be; returns the status, `OK` with the first answer. */
  send({ path, message }: FaultyCall): Promise<string> {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${localToken}`);
    const asIs = (bytes: Buffer) => bytes;
    const options = { deadline: Date.now() + 30_000 };
    const stream = this.#client.makeBidiStreamRequest(path, asIs, asIs, metadata, options);
    return new Promise((done) => {
      stream.on('data', () => {
        done('OK');
        stream.cancel();
      });
      stream.on('error', ({ code }: ServiceError) => done(status[code] ?? String(code)));
      stream.on('end', () => done('OK'));
      stream.write(message);
      stream.end();
    });
  }

  /** In a frame that is wrong as well: its length, its flag for compression, its headers. */
  sendFrame({ path, message }: FaultyCall, random: SeededRandom): Promise<string> {
    const prefix = Buffer.alloc(5);
    prefix[0] = random.pick([0, 0, 0, 1, 2, 255]);
    prefix.writeUInt32BE(random.pick([message.length, message.length, 0, message.length + 1, 2 ** 32 - 1, 2 ** 22]), 1);
    const stream = this.#session.request({
      ':method': random.pick(['POST', 'POST', 'POST', 'GET', 'PUT']),
      ':path': random.pick([path, path, path, `${path}X`, '/', '//', '/bespoke.v1.PersonalizationService']),
      'content-type': random.pick(['application/grpc', 'application/grpc', 'application/grpc+json', 'text/html', '']),
      authorization: random.pick([`Bearer ${localToken}`, `Bearer ${localToken}`, 'Bearer', 'Basic eA==', '']),
      'grpc-encoding': random.pick(['identity', 'identity', 'gzip', 'br', 'nothing']),
      'grpc-timeout': random.pick(['30S', '30S', '0n', '-1S', '99999999H', 'soon']),
    });
    return new Promise((done) => {
      const end = (answer: string) => {
        clearTimeout(silence);
        done(answer);
        stream.close();
      };
      const silence = setTimeout(() => end('nothing'), 20_000);
      stream.on('response', (headers) => {
        if (headers['grpc-status'] !== undefined) end(status[Number(headers['grpc-status'])] ?? 'odd');
        else if (headers[':status'] !== 200) end(`HTTP ${headers[':status']}`);
      });
      stream.on('trailers', (headers) => end(status[Number(headers['grpc-status'])] ?? 'odd'));
      stream.on('data', () => {});
      stream.on('error', () => end('reset'));
      stream.on('close', () => end('closed'));
      stream.end(Buffer.concat([prefix, message]));
    });
  }

  close(): void {
    this.#client.close();
    this.#connection?.destroy();
  }
}

function residentBytes(server: ServerUnderTest): number {
  return Number(readFileSync(`/proc/${server.process.pid}/statm`, 'latin1').split(' ')[1]) * 4096;
}
