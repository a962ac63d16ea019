import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runBackupCommand } from './backup/backup-command.ts';
import { BespokeError, startRefused } from './errors.ts';
import { type Flags, parseFlags, type ServeFlags } from './flags.ts';
import { createLog } from './log.ts';
import { runReceiptCommand } from './receipts/receipt-command.ts';
import { startServer } from './start-server.ts';
import { runTenantCommand } from './tenant-command.ts';
import { runTokenCommand } from './token-command.ts';
import { USAGE } from './usage.ts';

const log = createLog();

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof BespokeError) log.error('refused', error);
  else log.error('start-broke', error);
  process.exit(1);
});

async function main(args: readonly string[]): Promise<void> {
  const flags = parseFlags(args);
  if (flags.command === 'help') process.stdout.write(USAGE);
  else if (flags.command === 'serve') await serveUntilStopped(flags);
  else for (const line of await linesOf(flags)) console.log(line);
}

function linesOf(flags: Exclude<Flags, ServeFlags | { command: 'help' }>): Promise<readonly string[]> {
  switch (flags.command) {
    case 'tenant forget':
      return runTenantCommand(flags, log);
    case 'receipt key':
    case 'receipt verify':
      return runReceiptCommand(flags);
    case 'backup':
    case 'restore':
      return runBackupCommand(flags, log);
    default:
      return runTokenCommand(flags, log);
  }
}

async function serveUntilStopped(flags: ServeFlags): Promise<void> {
  const localToken = process.env.BESPOKE_LOCAL_TOKEN;
  const server = await startServer(flags, {
    localToken: localToken === '' ? undefined : localToken,
    rayToken: rayToken(),
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

/** Under the names that Ray itself has for it. */
function rayToken(): string | undefined {
  const { RAY_AUTH_TOKEN: token, RAY_AUTH_TOKEN_PATH: file } = process.env;
  if (token !== undefined && token !== '') return token;
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw startRefused(`The file ${file} that RAY_AUTH_TOKEN_PATH names cannot be read: check the variable.`, {
      cause,
    });
  }
}

/** The contract lies beside the bundle, and in `proto/` beside the sources. */
function findProtoDir(): string {
  const beside = join(__dirname, 'proto');
  return existsSync(beside) ? beside : join(__dirname, '..', 'proto');
}
