// `npm run faults -- NAME`: the long run of the faults that `npm test` injects shortly; prints one JSON object as its last line. A name is
// what a test file under test/ calls `faultRun` with, so that both runs are one piece of code. `--part 0.1` injects a tenth of the faults.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setUpTestTools } from '../test/set-up-test-tools.mjs';
import { home, root, run, say, setUpCheckout } from './set-up.mjs';

const files = new Map(
  readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .flatMap((path) => {
      const named = /\bfaultRun\('([\w-]+)'\)/.exec(readFileSync(join(root, 'test', path), 'utf8'));
      return named === null ? [] : [[named[1], join('test', path)]];
    })
    .sort(),
);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { part: { type: 'string', default: '1' } },
});
const [name = ''] = positionals;
const part = Number(values.part);
const file = files.get(name);
if (file === undefined) {
  console.error(`There are no faults ${name || '(none were named)'}; there are ${[...files.keys()].join(', ')}.`);
  process.exit(1);
}
if (!(part > 0 && part <= 1)) {
  console.error(`The flag --part has the value "${values.part}": give a number above 0, at most 1.`);
  process.exit(1);
}

await setUpCheckout();
await setUpTestTools({ home, root, run, say });
const report = join(home, 'faults', `${name}.json`);
mkdirSync(join(home, 'faults'), { recursive: true });
rmSync(report, { force: true });
const loadBefore = loadavg()[0];
const started = Date.now();
const args = ['run', file, '--testTimeout=3600000', '--hookTimeout=3600000'];
const ended = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, BESPOKE_FAULTS: name, BESPOKE_FAULTS_REPORT: report, BESPOKE_FAULTS_PART: values.part },
});
const seconds = Math.round((Date.now() - started) / 1000);
const figures = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
console.log(
  JSON.stringify({
    name,
    part,
    passed: ended.status === 0,
    cores: availableParallelism(),
    loadBefore,
    seconds,
    ...figures,
  }),
);
process.exitCode = ended.status === 0 ? 0 : 1;
