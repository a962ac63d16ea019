import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedBase } from '../core/base-model/embedded-bases.ts';
import type { FinishedText } from '../core/decoding/decoding.ts';
import { assembleModelInput, type ModelInputParts, nearestTestOf } from '../core/model-input/assemble-model-input.ts';
import { loadTokenizer, type Tokenizer } from '../core/model-input/tokenizer.ts';
import { makeTrainingExample } from '../core/model-input/training-example.ts';
import { importAdapter } from '../extension/client/adapter-transfer.ts';
import type { BlocksSession } from '../extension/client/blocks.ts';
import { Connection } from '../extension/client/connection.ts';
import { baseModelDirOf, layoutOf } from '../extension/local-server/layout.ts';
import { LocalServer } from '../extension/local-server/local-server.ts';
import { type OwnModel, readOwnModel } from '../extension/split/own-model.ts';
import { requireSameBase } from '../extension/split/require-same-base.ts';
import { writeSplit } from '../extension/split/split-writer.ts';
import { bundleServer } from '../server/bundle.mjs';
import { home, root } from '../test/server/support/places.ts';
import { samplePairs } from './model-inputs.ts';
import { embeddingsOutputAdapter } from './split-adapter.ts';

/** Pairs that the adapter is trained on. */
const TRAINED_PAIRS = 48;

/** A server with an adapter, and the same adapter on this side. */
export interface SplitSetting {
  readonly tokenizer: Tokenizer;
  /** The base without what was personalized. */
  readonly plain: OwnModel;
  readonly own: OwnModel;
  readonly adapterId: string;
  readonly requests: readonly ModelInputParts[];
  readonly maxNewTokens: number;
  /** Of the server. */
  readonly address: string;
  readonly connection: Connection;
  connect(address: string): Connection;
  end(): Promise<void>;
}

/** Trains the adapter where that was not done before, and starts a server in fp32. `end` it. */
export async function prepareSplit(
  base: EmbeddedBase,
  { inputs, maxNewTokens }: { readonly inputs: number; readonly maxNewTokens: number },
): Promise<SplitSetting> {
  const baseModelDir = baseModelDirOf(home, base);
  const tokenizer = await loadTokenizer(baseModelDir);
  const plain = await readOwnModel(baseModelDir, null);
  const pairs = await samplePairs(TRAINED_PAIRS);
  const mostInputTokens = plain.base.maxInputTokens;
  const examples = pairs.map((one) => makeTrainingExample({ ...one, split: 'train', mostInputTokens }, tokenizer));
  const adapterDir = embeddingsOutputAdapter(base, plain.baseModelSha256, examples);
  const program = join(home, 'run', 'split-serving-server');
  await bundleServer(program);
  const dataDir = mkdtempSync(join(tmpdir(), 'bespoke-bench-split-'));
  const layout = { ...layoutOf(root, home, dataDir, base), serverScript: join(program, 'server.js') };
  const server = new LocalServer(layout, { parameters: ['--generation-precision', 'float32'] });
  const { address, token } = await server.start();
  const connect = (at: string) => new Connection({ address: at, token, tls: false });
  const connection = connect(address);
  await requireSameBase(connection, plain);
  const manifest = readFileSync(join(adapterDir, 'manifest.json'));
  const data = createReadStream(join(adapterDir, 'adapter.safetensors'));
  const header = { repository: 'bench', manifest, proofs: [], commit: null, nearestTests: 4 };
  const { id: adapterId } = await importAdapter(connection, header, data);
  const every = Math.floor(pairs.length / inputs);
  const chosen = pairs.filter((_, at) => at % every === 0).slice(0, inputs);
  return {
    ...{ tokenizer, plain, adapterId, maxNewTokens, address, connection, connect },
    own: await readOwnModel(baseModelDir, adapterDir),
    requests: chosen.map(({ pair: { focalClass, focalMethod, focalContext }, nearest }) => ({
      ...{ focalClass, focalMethod, focalContext },
      nearestTests: nearest.map(nearestTestOf),
    })),
    end: async () => {
      connection.close();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The model's input, which the server would assemble in the same way. */
export function inputOf({ own, tokenizer }: SplitSetting, request: ModelInputParts): readonly number[] {
  return assembleModelInput(request, tokenizer, own.base.maxInputTokens).tokens;
}

/** Writes one text and ends the session. */
export function writeIn(
  setting: SplitSetting,
  request: ModelInputParts,
  session: BlocksSession,
): Promise<FinishedText> {
  const { own, tokenizer, maxNewTokens } = setting;
  const work = { tokens: inputOf(setting, request), maxNewTokens, atEndOfMethod: true };
  return writeSplit(session, own, tokenizer, work).finally(() => session.end());
}
