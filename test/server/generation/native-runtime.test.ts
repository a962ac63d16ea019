import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleServer } from '../../../server/bundle.mjs';
import { createGenerator } from '../../../server/generation/generator.ts';
import { root } from '../support/places.ts';
import { endServers, temporaryFolder } from '../support/server-under-test.ts';
import { tinyBaseModel } from '../support/tiny-base-model.ts';

let bundle: string;
beforeAll(async () => {
  bundle = temporaryFolder('native-runtime');
  await bundleServer(bundle);
});
afterAll(endServers);

/** Starts the real worker beside ONNX Runtime as `spoil` leaves it; `expected` is what the user is told. */
async function check(spoil: (runtime: string) => void, expected: RegExp): Promise<void> {
  const runtime = join(bundle, 'node_modules', 'onnxruntime-node');
  rmSync(join(bundle, 'node_modules'), { recursive: true, force: true });
  const isOfThisPlatform = (file: string) => !/[\\/]bin[\\/]napi-v\d+[\\/](?!linux([\\/]|$))/.test(file);
  for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
    cpSync(join(root, 'node_modules', name), join(bundle, 'node_modules', name), {
      recursive: true,
      filter: isOfThisPlatform,
    });
  }
  spoil(runtime);
  const generator = createGenerator({
    baseModelDir: await tinyBaseModel(),
    threads: 1,
    workerFile: join(bundle, 'generation-worker.js'),
  });
  const failure = await generator.then(
    async (created) => {
      await created.close();
      return 'It was loaded.';
    },
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
  );
  expect(failure).toMatch(expected);
}

const binaries = (runtime: string) => join(runtime, 'bin', 'napi-v6', process.platform, process.arch);

test('a native module of another platform is named, with what to install', () =>
  check(
    (runtime) => writeFileSync(join(binaries(runtime), 'onnxruntime_binding.node'), 'made for another machine'),
    /^BespokeError: ONNX Runtime, which runs the model, cannot be loaded on linux-x64 \((?!.*\/).+\): install the package of Bespoke that was made for this platform\.$/,
  ));

test('a native module that lacks its library', () =>
  check(
    (runtime) => rmSync(join(binaries(runtime), 'libonnxruntime.so.1')),
    /^BespokeError: .*libonnxruntime\.so\.1: cannot open shared object file.*: install the package/,
  ));

test('a package without files for this platform', () =>
  check((runtime) => rmSync(binaries(runtime), { recursive: true }), /^BespokeError: .*: install the package/));

test('whole, it is loaded', () => check(() => {}, /^It was loaded\.$/));
