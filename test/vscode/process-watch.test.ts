import { spawn, spawnSync } from 'node:child_process';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ProcessWatch } from './process-watch.ts';

test('sees a process that stays, one that came and went between two looks, and one that has nothing to hide', async () => {
  const quiet = new ProcessWatch(process.pid, 20);
  await sleep(100);
  expect(quiet.stop()).toEqual({ started: [], connections: [], faultsOfEndedChildren: 0 });

  const watch = new ProcessWatch(process.pid, 60_000);
  spawnSync('true');
  const stays = spawn('sleep', ['30']);
  try {
    await sleep(100);
    const { started, faultsOfEndedChildren } = watch.stop();
    expect(started).toEqual(['sleep 30']);
    expect(faultsOfEndedChildren).toBeGreaterThan(0);
  } finally {
    stays.kill();
  }
});

test('sees a connection to loopback, by either protocol', async () => {
  const server = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((listening) => server.listen(0, '::', listening));
  const { port } = server.address() as AddressInfo;
  const watch = new ProcessWatch(process.pid, 10);
  for (const host of ['127.0.0.1', '::1']) {
    const socket = connect(port, host);
    await new Promise<void>((open) => socket.once('connect', open));
    await sleep(60);
    socket.destroy();
  }
  const { connections } = watch.stop();
  server.close();
  expect(connections).toContain(`tcp 127.0.0.1:${port}`);
  expect(connections.filter((connection) => !connection.startsWith('tcp 127.0.0.1:'))).toEqual([]);
});
