import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { ServerRoute } from './server-route.ts';

const limitMs = 10_000;

/** Opens a connection to the server, through the proxy where there is one. Throws one sentence: the cause and what to do. */
export function openSocket(route: ServerRoute, signal: AbortSignal): Promise<Socket> {
  return route.proxy === undefined ? openDirectly(route, signal) : openThrough(route, route.proxy, signal);
}

function openDirectly({ host, port }: ServerRoute, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    const fail = (cause: unknown) => {
      socket.destroy();
      reject(new Error(directProblem(`${host}:${port}`, cause), { cause }));
    };
    socket.setTimeout(limitMs, () => fail(undefined));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

function openThrough({ host, port }: ServerRoute, proxy: URL, signal: AbortSignal): Promise<Socket> {
  const name = `${proxy.hostname}:${proxy.port || '80'}`;
  return new Promise((resolve, reject) => {
    const asked = request({
      host: proxy.hostname,
      port: proxy.port || 80,
      method: 'CONNECT',
      path: `${host}:${port}`,
      headers: { host: `${host}:${port}`, ...authorizationOf(proxy) },
      timeout: limitMs,
      signal,
    });
    const fail = (message: string, cause?: unknown) => {
      asked.destroy();
      reject(new Error(message, { cause }));
    };
    asked.once('timeout', () => fail(`The proxy ${name} does not answer within 10 seconds: check http.proxy.`));
    asked.once('error', (cause) => fail(`The proxy ${name} cannot be reached: check http.proxy.`, cause));
    asked.once('response', ({ statusCode }) => fail(refusal(name, statusCode)));
    asked.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) resolve(socket);
      else fail(refusal(name, statusCode));
    });
    asked.end();

    function refusal(by: string, status: number | undefined): string {
      return status === 407
        ? `The proxy ${by} wants a user name and a password: write them into http.proxy.`
        : `The proxy ${by} does not let ${host}:${port} through (status ${status}): ask those who run it to allow it.`;
    }
  });
}

function authorizationOf({ username, password }: URL): { 'proxy-authorization'?: string } {
  if (username === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function directProblem(address: string, cause: unknown): string {
  const code = codeOf(cause);
  switch (code) {
    case 'ECONNREFUSED':
      return `Nothing listens at ${address}: check that the server runs and the port in the setting bespoke.server.address.`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `There is no way from this machine to ${address}: check the network, for instance that the VPN is connected.`;
    case undefined:
    case 'ETIMEDOUT':
      return `${address} does not answer within 10 seconds: if this network reaches it only through a proxy, set http.proxy.`;
    default:
      return `The connection to ${address} failed (${code}): check the setting bespoke.server.address.`;
  }
}

/** For instance `ECONNREFUSED`. */
export function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
