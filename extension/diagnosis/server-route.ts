import { hostOf, isLoopback, parseProxy, type ServerAddress } from '../client/connection.ts';

/** How a remote server is reached. It holds no token. */
export interface ServerRoute {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly caFile: string;
  readonly proxy: URL | undefined;
}

/** Reads the way to a server off the settings and, as grpc-js does, off the environment. Throws one sentence when they are no way. */
export function routeOf(
  server: Pick<ServerAddress, 'address' | 'tls' | 'caFile' | 'proxy'>,
  environment: NodeJS.ProcessEnv = process.env,
): ServerRoute {
  const host = hostOf(server.address);
  const port = Number(/:(\d{1,5})$/.exec(server.address)?.[1]);
  if (!/^[\w.:-]+$/.test(host) || !(port > 0 && port < 65_536)) {
    // What is set is not repeated, because a whole URL may hold a password.
    throw new Error(
      'The setting bespoke.server.address is no host:port: write one into it, for instance bespoke.example.com:443.',
    );
  }
  const named = server.proxy || (isExcepted(host, environment) ? '' : proxyOfEnvironment(environment));
  const proxy = named === '' || isLoopback(host) ? undefined : parseProxy(named);
  return { host, port, tls: server.tls, caFile: server.caFile ?? '', proxy };
}

/** grpc-js knows these variables in small letters only, and passes over proxies that are not reached by HTTP. */
function proxyOfEnvironment({ grpc_proxy, https_proxy, http_proxy }: NodeJS.ProcessEnv): string {
  const proxy = grpc_proxy || https_proxy || http_proxy || '';
  return proxy.startsWith('http:') ? proxy : '';
}

function isExcepted(host: string, { no_grpc_proxy, no_proxy }: NodeJS.ProcessEnv): boolean {
  return (no_grpc_proxy || no_proxy || '').split(',').some((name) => name.trim() !== '' && host.endsWith(name.trim()));
}
