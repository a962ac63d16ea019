// `npm test`: sets everything up, then runs every test: lint, types, generated files, TypeScript tests, trainer tests and the tests in a
// real VS Code. Ends with `N passed, N failed, N skipped`. `npm test -- NAME …` runs only the named suites.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setUpTestTools } from '../test/set-up-test-tools.mjs';
import { home, root, run, say, setUpCheckout } from './set-up.mjs';

const counts = { passed: 0, failed: 0, skipped: 0 };
const reports = join(home, 'test-reports');

const suites = {
  lint: () => single('lint', 'npm', ['run', '--silent', 'lint']),
  typecheck: () => single('typecheck', 'npm', ['run', '--silent', 'typecheck']),
  generated: () => single('generated files', 'node', ['scripts/check-generated.mjs']),
  typescript: () => vitest('typescript', ['--exclude', 'test/vscode/**']),
  trainer: (at) => pytest(at),
  vscode: () => vitest('vscode', ['test/vscode']),
};

try {
  const at = await setUpCheckout();
  await setUpTestTools({ home, root, run, say });
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const wanted = process.argv.slice(2);
  for (const name of wanted)
    if (!(name in suites)) throw new Error(`There is no suite ${name}; there are ${Object.keys(suites).join(', ')}.`);
  for (const [name, suite] of Object.entries(suites)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    say(`\n== ${name}`);
    const started = Date.now();
    suite(at);
    say(`== ${name}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
  }
} catch (error) {
  console.error(error.message);
  counts.failed += 1;
}
say(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;

/** A check that passes or fails as a whole counts as one test. */
function single(name, command, args) {
  const ended = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  counts[ended.status === 0 ? 'passed' : 'failed'] += 1;
  if (ended.status !== 0) say(`${name} failed`);
}

function vitest(name, args) {
  const report = join(reports, `${name}.json`);
  const ended = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...args,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: root, stdio: 'inherit' },
  );
  add(ended.status, () => {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    // A test file that cannot be loaded has no failed test of its own.
    const unloaded = result.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    ).length;
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + unloaded,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  });
}

function pytest(at) {
  const report = join(reports, 'trainer.xml');
  const ended = spawnSync(at.python, ['-m', 'pytest', '-q', '-x', '--maxfail=20', `--junitxml=${report}`, 'tests'], {
    cwd: join(root, 'server', 'trainer'),
    stdio: 'inherit',
    env: { ...process.env, PYTHONPATH: join(root, 'server', 'trainer') },
  });
  add(ended.status, () => {
    const totals = /<testsuite [^>]*errors="(\d+)" failures="(\d+)" skipped="(\d+)" tests="(\d+)"/.exec(
      readFileSync(report, 'utf8'),
    );
    if (totals === null) throw new Error('pytest left no totals.');
    const [errors, failures, skipped, tests] = totals.slice(1).map(Number);
    return { passed: tests - errors - failures - skipped, failed: errors + failures, skipped };
  });
}

function add(status, read) {
  try {
    const found = read();
    counts.passed += found.passed;
    counts.failed += found.failed;
    counts.skipped += found.skipped;
    if (status !== 0 && found.failed === 0) counts.failed += 1;
  } catch (error) {
    say(error.message);
    counts.failed += 1;
  }
}
