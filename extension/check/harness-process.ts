import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { staticOwners } from '../placement/known-imports.ts';
import type { BuiltModule } from './built-module.ts';
import type { SandboxKind } from './check-result.ts';
import { type CompilerError, parseCompilerErrors } from './compiler-error.ts';
import type { HarnessProgram } from './harness-program.ts';
import type { CheckLimits } from './limits.ts';
import { killProcess, startProcess } from './run-process.ts';
import { bareEnvironment, wrap } from './sandbox.ts';
import { watchUse } from './watch-use.ts';

export interface HarnessRequest {
  readonly id: string;
  readonly file: string;
  /** For instance `a.b.FooTest$Inner`. */
  readonly binaryClassName: string;
  readonly method: string;
  readonly text: string;
}

export interface HarnessAnswer {
  /** As `Verdict.java` names them, `crash` when the process ended under the candidate, `not-started` when there was none. */
  readonly outcome: string;
  readonly detail: string;
  /** Of a `compile-error`, at least one; else none. */
  readonly errors: readonly CompilerError[];
  readonly durationMs: number;
  /** What the test printed, as far as `limits.outputBytes` allows; empty also when it took its process down. */
  readonly output?: string;
  /** Of a test that passed and was looked at twice. */
  readonly probe?: ProbeAnswer;
}

/** A second look at the test that passed last. */
export interface ProbeRequest {
  readonly id: string;
  /** How often it is run in all. */
  readonly runs: number;
  readonly focal: { readonly className: string; readonly method: string };
  readonly mutants: readonly MutantName[];
}

/** As `Mutant.java` names them. */
export type MutantName = 'DOES_NOTHING' | 'GIVES_ANOTHER_VALUE' | 'THROWS';

/** What a second look at a test that passed found; `not-mutated`: it passes every time, and its method could not be broken. */
export interface ProbeAnswer {
  readonly outcome: 'firm' | 'flaky' | 'notices-nothing' | 'not-mutated' | 'not-known';
  /** Of `flaky`: what happened another time. */
  readonly detail: string;
  readonly durationMs: number;
}

export interface HarnessSetup {
  readonly program: HarnessProgram;
  readonly module: BuiltModule;
  /** Jars of the module and of the launcher. */
  readonly libraries: readonly string[];
  readonly release: number;
  readonly limits: CheckLimits;
  readonly sandbox: Exclude<SandboxKind, 'none-started'>;
}

interface AnsweredLine {
  readonly outcome: string;
  readonly detail: string;
  readonly durationMs: number;
  readonly output: string;
}

/** Most text that a process may write without an answer in it; the longest answers, lists of errors, have some kilobytes. */
const strayTextBytes = 8 * 1024 ** 2;

const probeOutcomes = ['firm', 'flaky', 'notices-nothing', 'not-mutated'] as const;

/** One running harness. It answers one request at a time; after a test that hangs or exits it is `ended` and a new one must be started. */
export class HarnessProcess {
  readonly #child: ReturnType<typeof startProcess>;
  readonly #scratch: string;
  readonly #limits: CheckLimits;
  readonly #stopWatching: () => void;
  #unread = '';
  #strayBytes = 0;
  /** Why it was stopped, when it took too much. */
  #excess: string | null = null;
  #errors = '';
  #onLine: ((line: string | null) => void) | null = null;
  #lines: string[] = [];
  ended = false;

  private constructor(setup: HarnessSetup) {
    this.#limits = setup.limits;
    this.#scratch = mkdtempSync(join(tmpdir(), 'bespoke-check-'));
    this.#child = startHarness(setup, this.#scratch);
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-2000);
    });
    this.#stopWatching = watchUse(this.#child.pid, setup.limits, (what) => this.#exceeds(what));
    const end = () => {
      this.ended = true;
      this.#stopWatching();
      this.#onLine?.(null);
    };
    this.#child.on('error', end);
    this.#child.on('close', end);
  }

  /** Throws one clear sentence when the harness does not come up. */
  static async start(setup: HarnessSetup): Promise<HarnessProcess> {
    const harness = new HarnessProcess(setup);
    const line = await harness.#nextLine(setup.limits.candidateMs);
    if (line !== 'ready') {
      const errors = harness.#errors.trim().split('\n')[0] ?? '';
      harness.close();
      throw new Error(`The test harness did not start: ${errors === '' ? 'Java gave no reason' : errors}.`);
    }
    return harness;
  }

  async check(request: HarnessRequest, limitMs: number): Promise<HarnessAnswer> {
    const { id, file, binaryClassName, method } = request;
    const text = Buffer.from(request.text, 'utf8').toString('base64');
    const started = performance.now();
    const line = await this.#ask(['check', id, file, binaryClassName, method, text], limitMs);
    if (line === null) {
      const outOfTime = !this.ended;
      this.close();
      const durationMs = performance.now() - started;
      const detail = outOfTime
        ? `It was not done after ${this.#limits.candidateMs} ms.`
        : (this.#excess ?? 'The test ended the Java process, for instance by System.exit.');
      return { outcome: outOfTime ? 'timeout' : 'crash', detail, errors: [], durationMs };
    }
    return { ...line, errors: line.outcome === 'compile-error' ? parseCompilerErrors(line.detail) : [] };
  }

  /** Only after a `check` whose outcome was `passed`. */
  async probe({ id, runs, focal, mutants }: ProbeRequest, limitMs: number): Promise<ProbeAnswer> {
    const started = performance.now();
    const line = await this.#ask(
      ['probe', id, String(runs), focal.className, focal.method, mutants.join(',')],
      limitMs,
    );
    if (line === null) {
      this.close();
      return { outcome: 'not-known', detail: '', durationMs: performance.now() - started };
    }
    const { detail, durationMs } = line;
    const outcome = probeOutcomes.find((one) => one === line.outcome) ?? 'not-known';
    return { outcome, detail, durationMs };
  }

  /** One request and its answer; `null` when the process ended or the time is up. */
  async #ask([command = '', , ...fields]: readonly string[], limitMs: number): Promise<AnsweredLine | null> {
    // A test can write to the same output: only a line with what it could not know beforehand is an answer.
    const key = randomUUID();
    const endsMs = performance.now() + limitMs;
    this.#strayBytes = 0;
    this.#child.stdin.write(`${[command, key, ...fields].join('\t')}\n`);
    for (;;) {
      const line = await this.#nextLine(endsMs - performance.now());
      if (line === null) return null;
      const at = line.indexOf(`${key}\t`);
      if (at < 0) continue;
      const [, outcome = 'crash', durationMs = '0', detail = '', isLast = 'false', output = ''] = line
        .slice(at)
        .split('\t');
      if (isLast === 'true') this.close();
      return { outcome, detail: decoded(detail), durationMs: Number(durationMs), output: decoded(output) };
    }
  }

  close(): void {
    this.ended = true;
    this.#stopWatching();
    killProcess(this.#child);
    // The killed process may still be writing.
    rmSync(this.#scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  #exceeds(what: string): void {
    this.#excess ??= `It was stopped because it ${what}.`;
    killProcess(this.#child);
  }

  #read(text: string): void {
    this.#strayBytes += text.length;
    if (this.#strayBytes > strayTextBytes) {
      this.#unread = '';
      this.#lines = [];
      this.#exceeds(`wrote more than ${strayTextBytes / 1024 ** 2} MB to the output of the process`);
      return;
    }
    const lines = (this.#unread + text).split('\n');
    this.#unread = lines.pop() ?? '';
    this.#lines.push(...lines);
    if (this.#onLine !== null && this.#lines.length > 0) this.#onLine(this.#lines.shift() ?? null);
  }

  /** The next line of output; `null` when the process ended or the time is up. */
  async #nextLine(limitMs: number): Promise<string | null> {
    const waiting = this.#lines.shift();
    if (waiting !== undefined || this.ended) return waiting ?? null;
    return await new Promise((resolve) => {
      const timer = setTimeout(() => this.#onLine?.(null), limitMs);
      this.#onLine = (line) => {
        clearTimeout(timer);
        this.#onLine = null;
        resolve(line);
      };
    });
  }
}

function startHarness(setup: HarnessSetup, scratch: string): ReturnType<typeof startProcess> {
  const { program, module, limits } = setup;
  const setupFile = join(scratch, 'module.properties');
  writeFileSync(
    setupFile,
    Object.entries({
      libraries: setup.libraries.join(delimiter),
      directories: module.directories.join(delimiter),
      testSources: module.testSources.join(delimiter),
      harnessClasses: program.classesDir,
      runnerSources: program.runnerSourcesDir,
      scratch,
      release: String(setup.release),
      testLimitMs: String(limits.testMs),
      outputBytes: String(limits.outputBytes),
      staticOwners: staticOwners.join(','),
    })
      .map(([key, value]) => `${key}=${escapeProperty(value)}\n`)
      .join(''),
  );
  const line = {
    command: program.java,
    args: [
      // Build tools run tests with `assert` statements on.
      '-ea',
      `-Xmx${limits.heapMegabytes}m`,
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-XX:+EnableDynamicAgentLoading',
      '-Djdk.attach.allowAttachSelf=true',
      `-Djava.io.tmpdir=${setup.sandbox === 'bubblewrap' ? '/tmp' : scratch}`,
      '-Dfile.encoding=UTF-8',
      '-cp',
      program.classesDir,
      'bespoke.check.Harness',
      setupFile,
    ],
  };
  const { command, args } =
    setup.sandbox === 'bubblewrap'
      ? wrap(line, {
          readOnly: [
            program.classesDir,
            program.runnerSourcesDir,
            program.javaHome,
            module.dir,
            ...setup.libraries,
            ...module.directories,
          ],
          emptyWritable: [module.outputDir, scratch],
          readOnlyInside: [
            setupFile,
            ...module.directories.filter((directory) => directory.startsWith(module.outputDir)),
          ],
          cwd: module.dir,
        })
      : line;
  return startProcess(command, args, { cwd: module.dir, env: bareEnvironment(program.java) });
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** Java's properties format reads a backslash as an escape. */
function escapeProperty(value: string): string {
  return value.replaceAll('\\', '\\\\');
}
