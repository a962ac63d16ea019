// Bundles the server: dist/server.js and the files that it reads at run time beside it. Called by the build and by the server's tests.
//
//   node server/bundle.mjs [OUT_DIR]
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = join(root, 'node_modules');

/** Bundles the server into `outDir`. `onnxruntime-node` stays outside: its native files cannot be bundled. */
export async function bundleServer(outDir) {
  mkdirSync(outDir, { recursive: true });
  await build({
    entryPoints: {
      server: join(root, 'server', 'main.ts'),
      'generation-worker': join(root, 'server', 'generation', 'generation-worker.ts'),
      'blocks-worker': join(root, 'server', 'generation', 'blocks-worker.ts'),
      'generation-host': join(root, 'server', 'generation', 'generation-host.ts'),
      'open-telemetry': join(root, 'server', 'traces', 'open-telemetry.ts'),
    },
    outdir: outDir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: true,
    logLevel: 'warning',
    external: ['onnxruntime-node', 'pg-native'],
    // Its ES modules look for their files beside `import.meta.url`, which a CommonJS bundle does not have; its CommonJS build looks beside
    // `__filename`, which is the bundle.
    alias: { '@electric-sql/pglite': join(packages, '@electric-sql', 'pglite', 'dist', 'index.cjs') },
    plugins: [protosBeside, tracesBeside],
  });
  const pglite = join(packages, '@electric-sql', 'pglite', 'dist');
  for (const name of ['pglite.wasm', 'pglite.data', 'initdb.wasm']) cpSync(join(pglite, name), join(outDir, name));
  const protos = join(outDir, 'proto');
  cpSync(join(root, 'proto', 'bespoke'), join(protos, 'bespoke'), { recursive: true });
  for (const version of ['v1', 'v1alpha']) {
    const path = join('grpc', 'reflection', version, 'reflection.proto');
    copy(join(packages, '@grpc', 'reflection', 'build', 'proto', path), join(protos, path));
  }
  const health = join('health', 'v1', 'health.proto');
  copy(join(packages, 'grpc-health-check', 'proto', health), join(protos, health));
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

// Health and reflection read their own .proto files two folders above themselves; in the bundle they lie in `proto/` beside it.
const protosBeside = {
  name: 'protos-beside',
  setup(bundle) {
    bundle.onLoad(
      {
        filter:
          /(@grpc[\\/]reflection[\\/]build[\\/]src[\\/]implementations|grpc-health-check[\\/]build[\\/]src)[\\/][^\\/]+\.js$/,
      },
      ({ path }) => ({ contents: readFileSync(path, 'utf8').replaceAll('../../proto', 'proto'), loader: 'js' }),
    );
  },
};

// A server that traces nothing does not even read OpenTelemetry.
const tracesBeside = {
  name: 'traces-beside',
  setup(bundle) {
    bundle.onResolve({ filter: /[\\/]open-telemetry\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './open-telemetry.js', external: true } : undefined,
    );
  },
};

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await bundleServer(resolve(process.argv[2] ?? join(root, 'dist')));
