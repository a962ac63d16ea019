// Sets up a whole VS Code for the tests, from the npm package `code-server`, which carries the VS Code server and its web client.
// Idempotent: a finished set-up is recognised by its stamp and costs nothing. Usage: node test/vscode/setup-vscode.mjs [--home DIR]
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageVersion = '4.100.3';
const packageIntegrity =
  'sha512-q/Fh2DOxCRNhC/WiG/6sAhSKnj7ZACTVBaeeZ+rWjol//0FCbl/qg1ln5ecZ99jYcfqMxZZAyWcN+YBIo0DgpA==';
const stamp = `code-server ${packageVersion}, set-up 1\n`;

/** Sets up the test VS Code under `home` and returns the folder that holds `out/server-main.js`. */
export async function setUpVSCode({ home, say }) {
  const target = join(home, 'vscode');
  const vscode = join(target, 'lib', 'vscode');
  const stampFile = join(target, 'stamp.txt');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return vscode;
  for (const program of ['rg', 'chromium']) findProgram(program);

  say(`set-up: VS Code for the tests, from code-server ${packageVersion} (42 MB) …`);
  const started = Date.now();
  mkdirSync(home, { recursive: true });
  const scratch = mkdtempSync(join(home, 'vscode-'));
  try {
    npm(['pack', `code-server@${packageVersion}`, '--silent', '--pack-destination', scratch], scratch);
    const archive = join(scratch, `code-server-${packageVersion}.tgz`);
    const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (integrity !== packageIntegrity) {
      throw new Error(
        `code-server ${packageVersion} has the hash ${integrity}, not the expected one: check the package registry.`,
      );
    }
    execFileSync('tar', ['xzf', archive, '-C', scratch, '--exclude=*.map']);
    const unpacked = join(scratch, 'package');
    npm(
      ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'],
      join(unpacked, 'lib', 'vscode'),
    );
    replaceNativeModules(join(unpacked, 'lib', 'vscode', 'node_modules'));
    writeFileSync(join(unpacked, 'stamp.txt'), stamp);
    rmSync(target, { recursive: true, force: true });
    renameSync(unpacked, target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  say(`set-up: VS Code for the tests ready after ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return vscode;
}

/** No native module is built: the logger and the watchdog get JavaScript stand-ins, ripgrep is the system's. */
function replaceNativeModules(nodeModules) {
  writeFileSync(join(nodeModules, '@vscode', 'spdlog', 'index.js'), loggerSource);
  writeFileSync(
    join(nodeModules, 'native-watchdog', 'index.js'),
    'exports.start = () => {};\nexports.exit = (code) => process.exit(code);\n',
  );
  const ripgrep = join(nodeModules, '@vscode', 'ripgrep', 'bin', 'rg');
  mkdirSync(dirname(ripgrep), { recursive: true });
  symlinkSync(findProgram('rg'), ripgrep);
}

/** The interface of `@vscode/spdlog`, appending to the file. */
const loggerSource = `'use strict';
const { appendFileSync } = require('node:fs');
class Logger {
  constructor(name, file) { this.name = name; this.file = file; this.level = 2; }
  write(level, text) { if (level >= this.level) try { appendFileSync(this.file, new Date().toISOString() + ' ' + text + '\\n'); } catch {} }
  trace(text) { this.write(0, text); }
  debug(text) { this.write(1, text); }
  info(text) { this.write(2, text); }
  warn(text) { this.write(3, text); }
  error(text) { this.write(4, text); }
  critical(text) { this.write(5, text); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() {}
  flush() {}
  drop() {}
}
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = async (name, file) => new Logger(name, file);
exports.createAsyncRotatingLogger = async (name, file) => new Logger(name, file);
`;

function findProgram(name) {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    if (existsSync(join(folder, name))) return join(folder, name);
  }
  throw new Error(`The tests in VS Code need the program ${name}: install the Debian packages ripgrep and chromium.`);
}

function npm(parameters, folder) {
  execFileSync('npm', parameters, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const flag = process.argv.indexOf('--home');
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
  const home = flag > 0 ? process.argv[flag + 1] : (process.env.BESPOKE_HOME ?? join(root, '.bespoke'));
  await setUpVSCode({ home: resolve(home), say: (line) => console.log(line) });
}
