import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { startRefused } from '../errors.ts';
import type { Log, LogFields } from '../log.ts';

/** A Ray cluster: the address of its dashboard, where its Jobs API is, and the token that it wants. */
export interface RayCluster {
  readonly url: URL;
  readonly token: string | undefined;
}

/** A command that Ray runs on a node that has room for it. */
export interface NewRayJob {
  readonly id: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly cpus: number;
  readonly gpus: number;
}

/** What Ray knows of a job. */
export interface RayJob {
  readonly status: 'PENDING' | 'RUNNING' | 'STOPPED' | 'SUCCEEDED' | 'FAILED';
  /** Of the command; negative for a signal, `null` when Ray did not learn it. */
  readonly exitCode: number | null;
  /** Ray's name of what went wrong. */
  readonly errorType: string | null;
}

/**
 * Ray's Jobs REST API. Node's `fetch` is not used because it sends headers by which Ray takes it for a browser. Every call rejects when
 * the cluster does not answer, with `BespokeError` when it refuses the token.
 */
export class RayJobs {
  constructor(private readonly cluster: RayCluster) {}

  /** Rejects when there is no cluster that takes the token. */
  async check(): Promise<void> {
    await this.#call('GET', 'api/version', undefined, MOST_CHECK_MS);
  }

  async submit({ id, command, cpus, gpus }: NewRayJob): Promise<void> {
    await this.#call('POST', 'api/jobs/', {
      submission_id: id,
      entrypoint: shellCommand(command),
      // Without a share of a CPU every job would run on the head.
      entrypoint_num_cpus: cpus,
      entrypoint_num_gpus: gpus,
    });
  }

  /** A job, or `undefined` when the cluster knows none of that id. */
  async find(id: string): Promise<RayJob | undefined> {
    const answer = await this.#call('GET', `api/jobs/${id}`);
    if (answer === undefined) return undefined;
    return { status: answer.status, exitCode: answer.driver_exit_code ?? null, errorType: answer.error_type ?? null };
  }

  /** Asks a job to end, if there is one. */
  async stop(id: string): Promise<void> {
    await this.#call('POST', `api/jobs/${id}/stop`, {});
  }

  async #call(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    mostMs = MOST_ANSWER_MS,
  ): Promise<JobAnswer | undefined> {
    const { status, text } = await this.#send(method, path, body === undefined ? '' : JSON.stringify(body), mostMs);
    if (status === 200) return JSON.parse(text) as JobAnswer;
    // Any other 404 is not Ray's: a proxy or a starting head may answer so.
    if (status === 404 && text.includes('does not exist')) return undefined;
    if (status === 401 || status === 403)
      throw startRefused(
        'The Ray cluster refuses the token: set RAY_AUTH_TOKEN, or RAY_AUTH_TOKEN_PATH to a file with it, to the token of the cluster.',
      );
    throw new Error(`Ray answered ${status}.`);
  }

  #send(method: string, path: string, body: string, mostMs: number): Promise<HttpAnswer> {
    const { url: base, token } = this.cluster;
    const request = base.protocol === 'https:' ? requestSecure : requestPlain;
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { ...authorization, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise((done, failed) => {
      const signal = AbortSignal.timeout(mostMs);
      const sent = request(new URL(path, base), { method, headers, signal }, (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => done({ status: response.statusCode ?? 0, text }));
        response.on('error', failed);
      });
      sent.on('error', failed);
      sent.end(body);
    });
  }
}

/** Asks a cluster that may be away. That it does not answer is logged once, and that it does again. */
export class RayQuestions {
  #rayIsAway = false;

  constructor(
    private readonly log: Log,
    private readonly fields: LogFields = {},
  ) {}

  /** The answer, or `undefined` when there is none. */
  async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await question();
      if (this.#rayIsAway) this.log.info('ray-is-back', this.fields);
      this.#rayIsAway = false;
      return answer;
    } catch (error) {
      if (!this.#rayIsAway) this.log.error('ray-is-away', error, this.fields);
      this.#rayIsAway = true;
      return undefined;
    }
  }
}

/** The token of the cluster is not for what runs there. */
function shellCommand(command: readonly string[]): string {
  const words = ['env', '-u', 'RAY_AUTH_TOKEN', '-u', 'RAY_AUTH_TOKEN_PATH', ...command];
  return ['exec', ...words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`)].join(' ');
}

/** A busy head takes seconds; a server that starts does not wait for it that long. */
const MOST_ANSWER_MS = 20_000;
const MOST_CHECK_MS = 10_000;

interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** What is read of Ray's answer about a job. */
interface JobAnswer {
  readonly status: RayJob['status'];
  readonly driver_exit_code?: number | null;
  readonly error_type?: string | null;
}
