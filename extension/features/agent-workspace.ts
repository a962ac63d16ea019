import { readFileSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { JavaParser, withJavaTree } from '../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../core/java/read-compilation-unit.ts';
import { AgentInputError, type AgentWorkspace, type OfferedTest, type TestWish } from '../agents/agent-tools.ts';
import type { Connection } from '../client/connection.ts';
import { listAdapters, listRuns } from '../client/personalization.ts';
import { describeCheck } from '../editor/describe-check.ts';
import { stateLook } from '../editor/suggestion.ts';
import { type Focal, findFocalMethod } from '../workspace/find-focal-method.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import { partsOf } from '../workspace/repository-modules.ts';
import type { PlacedCandidate } from './place-candidates.ts';
import { proofText } from './proof-text.ts';
import { type WritingPlace, writeAndCheck } from './write-and-check.ts';

/** A repository that agents may use: the user trusted it. */
export interface AgentPlace extends WritingPlace {
  /** The repository as it is now. */
  mined(signal: AbortSignal): Promise<MinedRepository>;
  /** Starts nothing. */
  openConnection(): Promise<Connection | undefined>;
}

/** What agents are told of one repository, by the same code as the editor's commands. Nothing is written into it. */
export function agentWorkspace(place: AgentPlace): AgentWorkspace {
  return {
    async generateTest(wish, signal) {
      const focal = await focalOf(place, wish);
      const repository = await place.mined(signal);
      const written = await writeAndCheck(place, focal, repository, signal, () => undefined);
      return Promise.all(written.map((candidate) => offered(place, candidate)));
    },

    async personalizationStatus(signal) {
      const repository = await place.mined(signal);
      const { identity, clean } = repository;
      const connection = await place.openConnection();
      const facts = { repository: identity.name, testsToLearnFrom: clean.length, server: place.serverName };
      if (connection === undefined) return { ...facts, models: null };
      const scopes = partsOf(repository).map(({ id, module }) => ({
        id,
        of: module === null ? 'whole repository' : `module ${module}`,
      }));
      return {
        ...facts,
        models: (await Promise.all(scopes.map((scope) => modelsOf(connection, scope, signal)))).flat(),
      };
    },

    houseStyle: async (signal) => (await place.mined(signal)).houseStyle,
  };
}

async function modelsOf(connection: Connection, { id, of }: { id: string; of: string }, signal: AbortSignal) {
  const [runs, adapters] = await Promise.all([
    listRuns(connection, id, { signal }),
    listAdapters(connection, id, { signal }),
  ]);
  return adapters.map(({ createdMs, strategy, active, runId }) => {
    const proofs = runs.find((run) => run.id === runId)?.proofs ?? [];
    const gain = proofs.map(proofText).filter((text) => text !== '');
    return {
      ...{ of, made: new Date(createdMs).toISOString(), strategy, active },
      gain: gain.length === 0 ? 'not measured' : `perplexity ${gain.join('; ')}`,
    };
  });
}

async function focalOf(place: AgentPlace, wish: TestWish): Promise<Focal> {
  const file = insideOf(place.path, wish.file);
  const source = await place.textOf(file).catch((cause: unknown) => {
    throw new AgentInputError(`There is no file ${file} in the workspace: name one that is there.`, { cause });
  });
  const parser = await JavaParser.create();
  try {
    const unit = withJavaTree(parser, source, readCompilationUnit);
    const lines = source.split('\n');
    const offsets =
      wish.line === undefined
        ? methodOffsets(unit.types, wish.method)
        : [
            lines.slice(0, wish.line - 1).reduce((sum, line) => sum + line.length + 1, 0) +
              indentOf(lines[wish.line - 1]),
          ];
    const [offset, ...others] = offsets;
    if (offset === undefined) throw new AgentInputError(`${file} has no method ${wish.method}: name one that it has.`);
    if (others.length > 0) {
      const at = offsets.map((one) => source.slice(0, one).split('\n').length).join(', ');
      throw new AgentInputError(`${file} has several methods ${wish.method}: send a line too, one of ${at}.`);
    }
    const found = findFocalMethod(file, source, unit, offset);
    if (found.kind === 'none') throw new AgentInputError(found.reason);
    if (found.focal.focalMethod !== wish.method)
      throw new AgentInputError(
        `Line ${wish.line} of ${file} is in ${found.focal.focalMethod}: send a line of ${wish.method}.`,
      );
    return found.focal;
  } finally {
    parser.delete();
  }
}

/** The path relative to the workspace; a path that leads out of it is refused, and so is what is no Java. */
function insideOf(workspace: string, file: string): string {
  const path = relative(workspace, join(workspace, isAbsolute(file) ? relative(workspace, file) : file));
  if (path.startsWith('..') || isAbsolute(path) || !path.endsWith('.java'))
    throw new AgentInputError(`${file} is no Java file of the workspace: send a path relative to it.`);
  return path.split(sep).join('/');
}

type Unit = ReturnType<typeof readCompilationUnit>;

function methodOffsets(types: Unit['types'], name: string): number[] {
  return types.flatMap((type) => [
    ...[...type.methods, ...type.constructors]
      .filter((method) => method.name === name)
      .map(({ signatureStart }) => signatureStart),
    ...methodOffsets(type.types, name),
  ]);
}

function indentOf(line: string | undefined): number {
  return /^\s*/.exec(line ?? '')?.[0].length ?? 0;
}

async function offered(place: AgentPlace, { placement, check }: PlacedCandidate): Promise<OfferedTest> {
  const { state, reason } = describeCheck(check);
  const before = placement.isNewFile ? '' : (await place.textOf(placement.file)).slice(0, placement.test.offset);
  return {
    file: placement.file,
    isNewFile: placement.isNewFile,
    line: before.split('\n').length,
    text: placement.isNewFile ? placement.text : placement.test.text,
    imports: placement.imports.map(({ text }) => text.trim()),
    verdict: stateLook[state].words,
    reason,
  };
}

/** Text of a file on disk, for a place without an editor. */
export function textOnDisk(workspace: string): (file: string) => Promise<string> {
  return async (file) => readFileSync(join(workspace, file), 'utf8');
}
