import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BespokeError } from './errors.ts';
import { parseFlags, type ServeFlags, type TokenFlags } from './flags.ts';
import { createLog } from './log.ts';
import { openLockedLedger } from './open-ledger.ts';
import { startServer } from './start-server.ts';
import { dataDirAt } from './storage/data-dir.ts';

const log = createLog();

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof BespokeError) log.error('refused', error);
  else log.error('start-broke', error);
  process.exit(1);
});

async function main(args: readonly string[]): Promise<void> {
  const flags = parseFlags(args);
  if (flags.command === 'token create') await createToken(flags);
  else await serveUntilStopped(flags);
}

/** Prints a new token once; the ledger keeps only its hash. */
async function createToken({ dataDir, databaseUrl, tenant }: TokenFlags): Promise<void> {
  const locked = await openLockedLedger(dataDirAt(dataDir), databaseUrl, 'administer', (error) =>
    log.error('lock-lost', error),
  );
  try {
    console.log(await locked.ledger.tenants.createToken(tenant));
  } finally {
    await locked.close();
  }
}

async function serveUntilStopped(flags: ServeFlags): Promise<void> {
  const localToken = process.env.BESPOKE_LOCAL_TOKEN;
  const server = await startServer(flags, {
    localToken: localToken === '' ? undefined : localToken,
    protoDir: findProtoDir(),
    log,
    onFatal: (error) => {
      log.error('lock-lost', error);
      process.exit(1);
    },
  });
  let stopping = false;
  const stop = (reason: string) => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { reason });
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('stop-broke', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (flags.exitWithParent) {
    process.stdin.on('end', () => stop('parent ended'));
    process.stdin.on('error', () => stop('parent ended'));
    process.stdin.resume();
  }
  console.log(JSON.stringify({ event: 'listening', address: server.address }));
}

/** The contract lies beside the bundle, and in `proto/` beside the sources. */
function findProtoDir(): string {
  const beside = join(__dirname, 'proto');
  return existsSync(beside) ? beside : join(__dirname, '..', 'proto');
}
