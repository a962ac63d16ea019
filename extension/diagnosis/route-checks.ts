import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { checkCertificate } from './check-certificate.ts';
import type { Check } from './finding.ts';
import { codeOf, openSocket } from './open-socket.ts';
import type { ServerRoute } from './server-route.ts';

/** The hops to a remote server, up to where the token counts. */
export function routeChecks(route: ServerRoute, signal: AbortSignal): Check[] {
  const { host, port, tls, proxy } = route;
  const through = proxy === undefined ? '' : ` through the proxy ${proxy.hostname}:${proxy.port || '80'}`;
  return [
    {
      subject: 'Name',
      onlyReads: false,
      look: () =>
        proxy === undefined ? resolves(host, 'bespoke.server.address') : resolves(proxy.hostname, 'http.proxy'),
    },
    {
      subject: 'Connection',
      onlyReads: false,
      look: async () => {
        const startedMs = performance.now();
        (await openSocket(route, signal)).destroy();
        return `${host}:${port} takes connections${through}, after ${(performance.now() - startedMs).toFixed(0)} ms.`;
      },
    },
    {
      subject: 'TLS certificate',
      onlyReads: false,
      look: () => (tls ? checkCertificate(route, signal) : 'Not encrypted, which is allowed on this machine only.'),
    },
  ];
}

async function resolves(name: string, setting: string): Promise<string> {
  if (isIP(name) !== 0) return `${name} is an address already.`;
  try {
    const { address } = await lookup(name);
    return `${name} is ${address}.`;
  } catch (cause) {
    throw new Error(
      `${name} has no address here (${codeOf(cause) ?? 'no answer'}): check the name in the setting ${setting}, and the VPN if it is known there only.`,
      { cause },
    );
  }
}
