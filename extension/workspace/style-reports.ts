import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { PersonalizationReport } from '../proof/personalization-report.ts';
import type { StyleReportModel } from '../report/style-report-model.ts';
import type { MinedRepositories } from './mined-repositories.ts';
import { miningReport } from './mining-report.ts';

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
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(storage: string, mined: MinedRepositories) {
    this.#storage = storage;
    this.#mined = mined;
  }

  async of(folder: vscode.WorkspaceFolder): Promise<StyleReportModel> {
    const repository = await this.#mined.known(folder);
    return {
      repository: { name: repository.identity.name, commit: repository.identity.commit, createdMs: Date.now() },
      houseStyle: repository.houseStyle,
      mining: miningReport(repository),
      ...this.personalizationOf(repository.identity.id),
    };
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
    writeFileSync(this.#fileOf(repositoryId), JSON.stringify(part));
    this.#changed.fire();
  }

  /** Another model writes from now on: the one made at this time, or the base when `null`. */
  noteActive(repositoryId: string, madeMs: number | null): void {
    const part = this.personalizationOf(repositoryId);
    if (part.model === null) this.#changed.fire();
    else this.keep(repositoryId, { ...part, model: { ...part.model, active: part.model.trainedMs === madeMs } });
  }

  forget(repositoryId: string): void {
    if (existsSync(this.#fileOf(repositoryId))) this.keep(repositoryId, noPersonalization);
  }

  #fileOf(repositoryId: string): string {
    return join(this.#storage, `style-report-${repositoryId}.json`);
  }
}
