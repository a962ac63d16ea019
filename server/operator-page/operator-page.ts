import { createAdaptorServer } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { listenOn } from '../http-port.ts';
import type { Log } from '../log.ts';
import { type OperatorParts, OperatorSessions } from './operator-sessions.ts';
import { overviewPage, signInPage } from './page.ts';
import { refreshScript, style } from './page-assets.ts';
import { type OverviewSources, readOverview } from './read-overview.ts';

const COOKIE = 'bespoke-operator';
const HOST = '127.0.0.1';

/**
 * Serves the operator's page: it only shows, and only to operators. It listens on loopback alone, because it is plain HTTP and a token
 * comes over it. Returns what closes it. Throws `BespokeError` `start-refused` when the port cannot be had.
 */
export async function serveOperatorPage(
  sources: OverviewSources & OperatorParts,
  port: number,
  log: Log,
): Promise<() => Promise<void>> {
  const server = createAdaptorServer({ fetch: operatorPage(sources, log).fetch });
  const at = { host: HOST, port, what: "the operator's page", flag: '--operator-page-port' };
  const listening = await listenOn(server, at);
  log.info('operator-page-listening', { port: listening.port });
  return listening.close;
}

function operatorPage(sources: OverviewSources & OperatorParts, log: Log): Hono {
  const sessions = new OperatorSessions(sources);
  const page = new Hono();
  page.onError((error, context) => {
    // What a guard of the page turned away, such as a form of another site, is no defect.
    if (error instanceof HTTPException) return error.getResponse();
    log.error('operator-page-broke', error);
    return context.text('The page broke; the log of the server says where.', 500);
  });
  page.use(secureHeaders({ contentSecurityPolicy, referrerPolicy: 'no-referrer', strictTransportSecurity: false }));
  page.use(async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
  });
  page.use(csrf());
  page.get('/style.css', (context) => context.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }));
  page.get('/refresh.js', (context) => context.body(refreshScript, 200, { 'content-type': 'text/javascript' }));
  page.post('/session', bodyLimit({ maxSize: 8192 }), async (context) => {
    const { token } = await context.req.parseBody();
    const key = typeof token === 'string' ? await sessions.begin(token.trim()) : undefined;
    if (key === undefined) return context.html(signInPage(true), 401);
    setCookie(context, COOKIE, key, { httpOnly: true, sameSite: 'Strict', path: '/' });
    return context.redirect('/', 303);
  });
  page.post('/session/end', (context) => {
    const key = deleteCookie(context, COOKIE);
    if (key !== undefined) sessions.end(key);
    return context.redirect('/', 303);
  });
  page.get('/', async (context) => {
    if (!(await isOperator(context, sessions))) return context.html(signInPage(false), 401);
    return context.html(overviewPage(await readOverview(sources)));
  });
  return page;
}

const contentSecurityPolicy = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  scriptSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};

/** By the session of a browser, or by the header of a program. */
async function isOperator(context: Context, sessions: OperatorSessions): Promise<boolean> {
  const token = /^Bearer (\S+)$/iu.exec(context.req.header('authorization') ?? '')?.[1];
  if (token !== undefined) return sessions.admits(token);
  const key = getCookie(context, COOKIE);
  return key !== undefined && (await sessions.goesOn(key));
}
