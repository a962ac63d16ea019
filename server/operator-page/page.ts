import { html } from 'hono/html';
import type { RunOverview } from '../ledger/overview.ts';
import type { Overview } from './read-overview.ts';

/** A document with this content; the template escapes whatever is put into it. */
function document(title: string, content: ReturnType<typeof html>) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>${content}</body>
</html>`;
}

/** Asks for an operator's token. */
export function signInPage(isRefused: boolean) {
  return document(
    'Sign in · Bespoke server',
    html`<main>
<h1>Bespoke server</h1>
<form method="post" action="/session">
${isRefused ? html`<p role="alert" id="refused">This is no valid token of an operator: create one with “token create --role operator”.</p>` : ''}
<label for="token">Operator's token</label>
<input id="token" name="token" type="password" autocomplete="off" required autofocus${isRefused ? html` aria-invalid="true" aria-describedby="refused"` : ''}>
<button type="submit">Sign in</button>
</form>
</main>`,
  );
}

/** Tenants, queue, runs and storage. What is in `now` is replaced by the script while the page is open. */
export function overviewPage(overview: Overview) {
  return document(
    'Bespoke server',
    html`<header>
<h1>Bespoke server</h1>
<button type="button" id="pause" aria-pressed="false" hidden>Pause updates</button>
<form method="post" action="/session/end"><button type="submit">Sign out</button></form>
</header>
<main id="now">
<p>Version ${overview.version}, as of <time>${time(overview.readMs)}</time>.</p>
${tenants(overview)}
${queue(overview)}
<h2 id="ended">Ended runs</h2>
${overview.endedRuns.length === 0 ? html`<p>None.</p>` : runs('ended', overview.endedRuns)}
${storage(overview)}
</main>
<script src="/refresh.js"></script>`,
  );
}

function tenants({ tenants, mostStoredBytes }: Overview) {
  return html`<h2 id="tenants">Tenants</h2>
<table aria-labelledby="tenants">
<thead><tr><th scope="col">Tenant</th><th scope="col">Repositories</th><th scope="col">Adapters</th><th scope="col">Queued</th><th scope="col">Running</th>
<th scope="col">Succeeded</th><th scope="col">Failed</th><th scope="col">Cancelled</th><th scope="col">Keeps</th><th scope="col">Of its quota</th></tr></thead>
<tbody>${tenants.map(
    ({ name, repositories, adapters, runs, storedBytes }) => html`<tr><th scope="row">${name}</th>
<td>${repositories}</td><td>${adapters}</td><td>${runs.queued ?? 0}</td><td>${runs.running ?? 0}</td><td>${runs.succeeded ?? 0}</td>
<td>${runs.failed ?? 0}</td><td>${runs.cancelled ?? 0}</td><td>${bytes(storedBytes)}</td><td>${share(storedBytes, mostStoredBytes)}</td></tr>`,
  )}</tbody>
</table>`;
}

function queue({ openRuns, maxRuns, waitingGenerations }: Overview) {
  const running = openRuns.filter(({ state }) => state === 'running').length;
  return html`<h2 id="queue">Queue</h2>
<p>${running} of at most ${maxRuns} runs at work, ${openRuns.length - running} waiting; ${waitingGenerations} generations waiting.</p>
${openRuns.length === 0 ? '' : runs('queue', openRuns)}`;
}

function runs(labelledBy: string, shown: readonly RunOverview[]) {
  return html`<table aria-labelledby="${labelledBy}">
<thead><tr><th scope="col">Run</th><th scope="col">Tenant</th><th scope="col">Strategy</th><th scope="col">State</th><th scope="col">Begun</th>
<th scope="col">Ended</th><th scope="col">Checkpoint</th></tr></thead>
<tbody>${shown.map(
    ({
      id,
      tenant,
      strategy,
      state,
      failure,
      createdMs,
      endedMs,
      checkpointStep,
    }) => html`<tr><th scope="row"><code>${id}</code></th>
<td>${tenant}</td><td>${strategy}</td><td>${failure === null ? state : `${state}: ${failure}`}</td><td>${time(createdMs)}</td>
<td>${endedMs === null ? '–' : time(endedMs)}</td><td>${checkpointStep < 0 ? '–' : `step ${checkpointStep}`}</td></tr>`,
  )}</tbody>
</table>`;
}

function storage({ disk, tenants }: Overview) {
  const sum = (of: (tenant: Overview['tenants'][number]) => number) =>
    tenants.reduce((total, tenant) => total + of(tenant), 0);
  return html`<h2 id="storage">Storage</h2>
<table aria-labelledby="storage">
<tbody>
<tr><th scope="row">All tenants keep</th><td>${bytes(sum((tenant) => tenant.storedBytes))}</td></tr>
<tr><th scope="row">Adapters among it</th><td>${bytes(sum((tenant) => tenant.adapterBytes))}</td></tr>
<tr><th scope="row">Free on the data folder's disk</th><td>${bytes(disk.freeBytes)} of ${bytes(disk.bytes)}</td></tr>
</tbody>
</table>`;
}

/** UTC, to the second. */
function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function bytes(count: number): string {
  const steps = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(steps.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, count)) / 10)));
  return `${(count / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${steps[step]}`;
}

function share(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(1)} %`;
}
