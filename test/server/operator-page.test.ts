import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunState } from '../../proto/gen/bespoke/v1/trainer.ts';
import { openLedger } from '../../server/ledger/ledger.ts';
import { openPglite } from '../../server/ledger/pglite-database.ts';
import { violationsIn } from '../accessibility.ts';
import { corpus, eventually, startRun } from './support/runs.ts';
import {
  emptyDatabase,
  endServers,
  localToken,
  type ServerUnderTest,
  startRefusedServer,
  startServer,
  temporaryFolder,
} from './support/server-under-test.ts';

const repository = 'a-repository-whose-name-is-nobodys-business';
const running = RunState.RUN_STATE_RUNNING;

let tokens: Record<'alpha' | 'beta' | 'developer' | 'operator' | 'revoked' | 'expired', string>;
let server: ServerUnderTest;
let browser: Browser;
let url: string;

beforeAll(async () => {
  const dataDir = temporaryFolder('operator-page');
  tokens = await makeTokens(dataDir);
  server = await startServer({ dataDir, flags: ['--operator-page-port', '0'] });
  url = `http://127.0.0.1:${/"operator-page-listening","port":(\d+)/.exec(server.log())?.[1]}/`;
  const flags =
    '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags.split(' ') });
  const alpha = server.client(tokens.alpha);
  await alpha.upload(repository, corpus);
  await alpha.watch((await startRun(alpha, 'first', { repository })).id);
  const beta = server.client(tokens.beta);
  await beta.upload(repository, corpus);
  server.behave('fail=internal');
  await beta.watch((await startRun(beta, 'first', { repository })).id);
  server.behave('steps=100000,step_seconds=0.05');
  for (const request of ['second', 'third']) await startRun(beta, request, { repository });
  await eventually(async () => (await beta.listRuns(repository)).runs.find(({ state }) => state === running), 60_000);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await endServers();
});

/** A token of each kind, made while no server has the database. */
async function makeTokens(dataDir: string): Promise<typeof tokens> {
  const database = join(dataDir, 'database');
  cpSync(await emptyDatabase(), database, { recursive: true });
  const ledger = await openLedger(await openPglite(database));
  const inDays = (days: number) => Date.now() + days * 86_400_000;
  const make = (tenantName: string, name: string, role: 'developer' | 'maintainer' | 'operator', days = 1) =>
    ledger.tokens.create({ tenantName, name, role, repositories: null, expiresMs: inDays(days) });
  const made = {
    alpha: await make('alpha', 'tests', 'maintainer'),
    beta: await make('beta', 'tests', 'maintainer'),
    developer: await make('alpha', 'developer', 'developer'),
    operator: await make('platform', 'operator', 'operator'),
    revoked: await make('platform', 'revoked', 'operator'),
    expired: await make('platform', 'expired', 'operator', -1),
  };
  await ledger.tokens.revoke('platform', 'revoked');
  await ledger.close();
  return made;
}

const withToken = (token: string) => fetch(url, { headers: { authorization: `Bearer ${token}` } });

/** Signs in as a person without a mouse does. */
async function signIn(page: Page, token: string): Promise<void> {
  await page.goto(url);
  await page.locator('#token:focus').waitFor();
  await page.keyboard.type(token);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForLoadState('load');
}

/** The cells of each row of a table, by the heading that names the table. */
async function rows(page: Page, table: string): Promise<string[][]> {
  const found = await page.getByRole('table', { name: table }).getByRole('row').all();
  return Promise.all(found.map((row) => row.locator('th, td').allInnerTexts()));
}

describe('in a browser', () => {
  test('an operator signs in with the keyboard and sees tenants, queue, runs and storage', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await signIn(page, tokens.operator);
    await page.getByRole('heading', { name: 'Tenants' }).waitFor();
    // The address never holds the token, and no script of the page can read the session.
    expect(page.url()).toBe(url);
    expect(await context.cookies()).toEqual([
      expect.objectContaining({ name: 'bespoke-operator', httpOnly: true, sameSite: 'Strict', expires: -1 }),
    ]);
    const [, ...tenants] = await rows(page, 'Tenants');
    const numbers = Object.fromEntries(tenants.map(([name, ...cells]) => [name, cells.slice(0, 7)]));
    // Repositories, adapters, then runs: queued, running, succeeded, failed, cancelled.
    expect(numbers).toEqual({
      alpha: ['1', '1', '0', '0', '1', '0', '0'],
      beta: ['1', '0', '1', '1', '0', '1', '0'],
      local: ['0', '0', '0', '0', '0', '0', '0'],
      platform: ['0', '0', '0', '0', '0', '0', '0'],
    });
    expect(tenants.find(([name]) => name === 'alpha')?.[8]).toMatch(/^\d+(\.\d)? (KiB|MiB)$/);
    expect(await page.locator('main').textContent()).toContain('1 of at most 1 runs at work, 1 waiting; 0 generations');
    expect((await rows(page, 'Queue')).slice(1).map(([, tenant, , state]) => [tenant, state])).toEqual([
      ['beta', 'running'],
      ['beta', 'queued'],
    ]);
    expect((await rows(page, 'Ended runs')).slice(1).map(([, tenant, , state]) => [tenant, state])).toEqual([
      ['beta', 'failed: internal'],
      ['alpha', 'succeeded'],
    ]);
    expect((await rows(page, 'Storage'))[2]?.[1]).toMatch(/iB of .*iB$/);
    await context.close();
  });

  test('what changes shows by itself, unless the reader pauses it', async () => {
    const page = await browser.newPage();
    await signIn(page, tokens.operator);
    const pause = page.getByRole('button', { name: 'Pause updates' });
    await pause.focus();
    const alpha = server.client(tokens.alpha);
    await startRun(alpha, 'while-open', { repository });
    await page.getByText('2 waiting').waitFor({ timeout: 60_000 });
    expect(await pause.evaluate((button) => button === button.ownerDocument.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    expect(await pause.getAttribute('aria-pressed')).toBe('true');
    const read = await page.locator('time').textContent();
    await startRun(alpha, 'while-paused', { repository });
    await new Promise((later) => setTimeout(later, 7_000));
    expect(await page.locator('time').textContent()).toBe(read);
    await page.keyboard.press('Enter');
    await page.getByText('3 waiting').waitFor({ timeout: 60_000 });
    await page.close();
  });

  test('a session ends with a click', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await signIn(page, tokens.operator);
    const signOut = page.getByRole('button', { name: 'Sign out' });
    await signOut.waitFor();
    const [cookie] = await context.cookies();
    await signOut.click();
    await page.getByLabel("Operator's token").waitFor();
    const again = await fetch(url, { headers: { cookie: `${cookie?.name}=${cookie?.value}` } });
    expect(again.status).toBe(401);
    await context.close();
  });

  test.each(['light', 'dark'] as const)('it has no violation of axe, %s', async (colorScheme) => {
    const page = await browser.newPage({ colorScheme });
    await page.goto(url);
    expect(await violationsIn(page)).toEqual([]);
    await signIn(page, 'a-wrong-token');
    await page.getByRole('alert').waitFor();
    expect(await violationsIn(page)).toEqual([]);
    await signIn(page, tokens.operator);
    await page.getByRole('heading', { name: 'Storage' }).waitFor();
    expect(await violationsIn(page)).toEqual([]);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
      colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(13, 17, 23)',
    );
    await page.close();
  });
});

test('nobody else is let in, and nothing is shown to them', async () => {
  const others = [tokens.alpha, tokens.developer, tokens.revoked, tokens.expired, localToken, 'a-wrong-token'];
  for (const token of others) {
    const form = await fetch(`${url}session`, {
      ...{ method: 'POST', redirect: 'manual', headers: { origin: url.slice(0, -1) } },
      body: new URLSearchParams({ token }),
    });
    expect(form.status).toBe(401);
    expect(form.headers.getSetCookie()).toEqual([]);
    const header = await withToken(token);
    expect(header.status).toBe(401);
    for (const text of [await form.text(), await header.text()]) expect(text).not.toMatch(/alpha|beta|Tenants/);
  }
  expect((await fetch(url)).status).toBe(401);
  expect((await withToken(tokens.operator)).status).toBe(200);
  // A token in an address would be in histories and logs.
  expect((await fetch(`${url}?token=${tokens.operator}`)).status).toBe(401);
});

test('another site can neither sign somebody in nor show the page in a frame', async () => {
  const body = new URLSearchParams({ token: tokens.operator });
  const foreign = await fetch(`${url}session`, {
    ...{ method: 'POST', headers: { origin: 'https://example.com' }, redirect: 'manual', body },
  });
  expect(foreign.status).toBe(403);
  const { headers } = await withToken(tokens.operator);
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  );
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('it shows nothing that a tenant wrote or named, and the log nothing of who looks', async () => {
  const text = await (await withToken(tokens.operator)).text();
  expect(text).toContain('beta');
  const words = corpus.chunks.flatMap(({ jsonLines }) => jsonLines.toString('utf8').match(/\w{5,}/g) ?? []);
  const theirs = new Set(words.filter((word) => /^(Class\d|test\d|w[0-9a-f]{8}$)/.test(word)));
  expect(theirs.size).toBeGreaterThan(500);
  for (const word of [...theirs, repository, corpus.sha256, server.dataDir, '.java']) expect(text).not.toContain(word);
  for (const token of Object.values(tokens)) expect(server.log()).not.toContain(token);
});

test('without the flag there is no page, and a port that is taken is said', async () => {
  expect((await startServer()).log()).not.toContain('operator-page-listening');
  const taken = await startRefusedServer({ flags: ['--operator-page-port', new URL(url).port] });
  expect(taken).toEqual({ code: 1, message: expect.stringContaining('choose another --operator-page-port') });
});
