import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { activateAdapter, listAdapters } from '../client/personalization.ts';
import { checkPackFor, exportPack, importPack, packSummary } from '../features/pack-transfer.ts';
import { checkPack } from '../packs/pack-file.ts';
import { fingerprintOfPrivate, newPackKey } from '../packs/pack-key.ts';
import { identifyRepository } from '../workspace/repository-identity.ts';
import { CliServer, serverChoice, serverOptions, serverOptionsUsage } from './cli-server.ts';
import { type Command, INTERRUPTED, USAGE_ERROR } from './command.ts';

/** `bespoke pack`: a model in one signed file, for a colleague or for CI. */
export const pack: Command = {
  summary: 'Write a personalized model into one signed file, verify one, or bring one to a server',
  usage: `Usage: bespoke pack export DIR --out FILE [--model ID] (--home DIR | --server HOST:PORT)
       bespoke pack verify FILE [--key FINGERPRINT]
       bespoke pack import FILE DIR --key FINGERPRINT [--activate] (--home DIR | --server HOST:PORT)

  export   writes the active model of the repository in DIR (or the one named by --model). It is signed with the key
           in the file that the environment variable BESPOKE_PACK_KEY names; a new key is made when there is no such file
  verify   needs no server: says what the pack is and who signed it, and fails when a byte was altered
  import   brings the model to the server, for the repository in DIR. --key says whose packs you trust: the
           fingerprint that export and verify print. --activate makes it the model that writes

${serverOptionsUsage}`,
  run,
};

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  let problem: string;
  try {
    const { values, positionals } = parse(argv);
    const [verb, ...operands] = positionals;
    const done = await perform(verb, operands, values, signal);
    if (done === undefined) return 0;
    problem = done;
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
    if (!isUsage(error)) throw error;
    problem = error.message.replace(/\.?$/, '.');
  }
  process.stderr.write(`bespoke pack: ${problem} See \`bespoke pack --help\`.\n`);
  return USAGE_ERROR;
}

type Values = ReturnType<typeof parse>['values'];

/** The sentence that says what is wrong with the command line; `undefined` when all is done. */
async function perform(
  verb: string | undefined,
  operands: readonly string[],
  values: Values,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [first, second] = operands;
  switch (verb) {
    case 'verify':
      return first === undefined ? 'Name the pack.' : verify(first, values.key);
    case 'export': {
      if (first === undefined || values.out === undefined) return 'Name the repository, and the pack with --out.';
      return exportModel(folderOf(first), resolve(values.out), values, signal);
    }
    case 'import': {
      if (first === undefined || second === undefined) return 'Name the pack and the repository.';
      if (values.key === undefined) return 'Say with --key whose packs you trust.';
      return importModel(first, folderOf(second), values.key, values, signal);
    }
    default:
      return 'Say what to do: export, verify or import.';
  }
}

async function verify(file: string, key: string | undefined): Promise<undefined> {
  const { description, fingerprint } = await checkPack(file);
  if (key !== undefined) requireKey(file, fingerprint, key);
  say({ ...description, signedBy: fingerprint });
}

async function exportModel(
  folder: string,
  file: string,
  values: Values,
  signal: AbortSignal,
): Promise<string | undefined> {
  const choice = serverChoice(values);
  if (typeof choice === 'string') return choice;
  const keyFile = process.env.BESPOKE_PACK_KEY ?? '';
  if (keyFile === '') return 'The environment variable BESPOKE_PACK_KEY names no file for the signing key: set it.';
  const privateKeyPem = readKey(keyFile);
  const server = new CliServer(choice);
  try {
    const connection = await server.connection();
    const { id, name } = identifyRepository(folder);
    const adapters = await listAdapters(connection, id, { signal });
    const adapter = adapters.find((one) => (values.model === undefined ? one.active : one.id === values.model));
    if (adapter === undefined)
      throw new Error(
        values.model === undefined
          ? `No model of ${name} is active on ${server.name}: personalize first, or name one with --model.`
          : `There is no model ${values.model} of ${name} on ${server.name}: leave --model out for the active one.`,
      );
    await exportPack(connection, adapter, { file, repositoryName: name, privateKeyPem }, signal);
    say({ file, bytes: statSync(file).size, model: adapter.id, signedBy: fingerprintOfPrivate(privateKeyPem) });
    return undefined;
  } finally {
    await server.close();
  }
}

async function importModel(
  file: string,
  folder: string,
  key: string,
  values: Values,
  signal: AbortSignal,
): Promise<string | undefined> {
  const choice = serverChoice(values);
  if (typeof choice === 'string') return choice;
  const server = new CliServer(choice);
  try {
    // Before a server is started for it.
    requireKey(file, (await checkPack(file)).fingerprint, key);
    const connection = await server.connection();
    const checked = await checkPackFor(connection, file, signal);
    const { id, name } = identifyRepository(folder);
    const adapter = await importPack(connection, file, checked, id, signal);
    if (values.activate) await activateAdapter(connection, adapter.id, { signal });
    say({ model: adapter.id, repository: name, active: values.activate, imported: packSummary(checked.description) });
    return undefined;
  } finally {
    await server.close();
  }
}

function requireKey(file: string, fingerprint: string, trusted: string): void {
  if (fingerprint !== trusted)
    throw new Error(
      `The model pack ${file} was signed by ${fingerprint}, not by ${trusted}: get it from whom you trust.`,
    );
}

/** Made on first use, readable by its owner alone. */
function readKey(file: string): string {
  if (!existsSync(file)) writeFileSync(file, newPackKey(), { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8');
}

function folderOf(folder: string): string {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`There is no folder ${folder}: name the folder of a repository.`);
  return resolve(folder);
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      ...serverOptions,
      out: { type: 'string' },
      model: { type: 'string' },
      key: { type: 'string' },
      activate: { type: 'boolean', default: false },
    },
  });
}

function isUsage(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

function say(facts: object): void {
  process.stdout.write(`${JSON.stringify(facts, null, 1)}\n`);
}
