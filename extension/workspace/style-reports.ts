import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { driftOf } from '../proof/drift.ts';
import type { PersonalizationReport } from '../proof/personalization-report.ts';
import type { StyleReportModel } from '../report/style-report-model.ts';
import type { DriftRecords } from './drift-records.ts';
import type { MinedRepository } from './mine-repository.ts';
import type { MinedRepositories } from './mined-repositories.ts';
import { miningReport } from './mining-report.ts';
import { partsOf, type RepositoryPart } from './repository-modules.ts';

const noPersonalization: PersonalizationReport = {
  similarity: null,
  proof: [],
  samples: [],
  training: null,
  model: null,
};

/** The style reports of the open folders. What a personalization found is kept on disk, so that the report outlives the window. */
export class StyleReports {
  readonly #storage: string;
  readonly #mined: MinedRepositories;
  readonly #drifts: DriftRecords;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(storage: string, mined: MinedRepositories, drifts: DriftRecords) {
    this.#storage = storage;
    this.#mined = mined;
    this.#drifts = drifts;
  }

  async of(folder: vscode.WorkspaceFolder): Promise<StyleReportModel> {
    const repository = await this.#mined.known(folder);
    return {
      repository: { name: repository.identity.name, commit: repository.identity.commit, createdMs: Date.now() },
      houseStyle: repository.houseStyle,
      teamRules: repository.teamStyle.isFromFile ? repository.teamStyle.rules : null,
      mining: miningReport(repository),
      ...this.latestOf(repository),
    };
  }

  /** What the latest personalization found: that of the repository, or of one of its modules. */
  latestOf(repository: MinedRepository): PersonalizationReport {
    const madeMs = ({ model }: PersonalizationReport) => model?.trainedMs ?? 0;
    return partsOf(repository)
      .map((part) => this.#withDrift(part))
      .reduce((latest, one) => (madeMs(one) > madeMs(latest) ? one : latest));
  }

  #withDrift({ id, clean }: RepositoryPart): PersonalizationReport {
    const report = this.personalizationOf(id);
    const record = this.#drifts.of(id);
    if (report.model === null || record === undefined) return report;
    return { ...report, model: { ...report.model, drift: driftOf(record, clean).share } };
  }

  /** Whether a personalized model writes, as far as this editor was told. */
  hasModel(repositoryId: string): boolean {
    return this.#activeModels()[repositoryId] !== undefined;
  }

  personalizationOf(repositoryId: string): PersonalizationReport {
    const file = this.#fileOf(repositoryId);
    if (!existsSync(file)) return noPersonalization;
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as PersonalizationReport;
    } catch {
      // A file of an interrupted write: the next personalization writes it again.
      return noPersonalization;
    }
  }

  keep(repositoryId: string, part: PersonalizationReport): void {
    mkdirSync(this.#storage, { recursive: true });
    if (part.model?.active === true) this.#keepActive(repositoryId, part.model.trainedMs);
    writeFileSync(this.#fileOf(repositoryId), JSON.stringify(part));
    this.#changed.fire();
  }

  /** Another model writes from now on: the one made at this time, or the base when `null`. */
  noteActive(repositoryId: string, madeMs: number | null): void {
    this.#keepActive(repositoryId, madeMs);
    const part = this.personalizationOf(repositoryId);
    if (part.model === null) this.#changed.fire();
    else this.keep(repositoryId, { ...part, model: { ...part.model, active: part.model.trainedMs === madeMs } });
  }

  /** A model was examined on new tests. */
  noteDrift(): void {
    this.#changed.fire();
  }

  forget(repositoryId: string): void {
    this.#keepActive(repositoryId, null);
    if (existsSync(this.#fileOf(repositoryId))) this.keep(repositoryId, noPersonalization);
  }

  /** When the models were made that write, by repository. */
  #activeModels(): Record<string, number> {
    try {
      return JSON.parse(readFileSync(this.#activeFile(), 'utf8')) as Record<string, number>;
    } catch {
      // There is none yet, or its writing was interrupted: the next choice of a model writes it again.
      return {};
    }
  }

  #keepActive(repositoryId: string, madeMs: number | null): void {
    const { [repositoryId]: _, ...others } = this.#activeModels();
    mkdirSync(this.#storage, { recursive: true });
    writeFileSync(this.#activeFile(), JSON.stringify(madeMs === null ? others : { ...others, [repositoryId]: madeMs }));
  }

  #activeFile(): string {
    return join(this.#storage, 'active-models.json');
  }

  #fileOf(repositoryId: string): string {
    return join(this.#storage, `style-report-${repositoryId}.json`);
  }
}
