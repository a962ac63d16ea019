import * as vscode from 'vscode';
import { count } from '../workspace/consent-text.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import { allModulesOf, modulesOf, onlyModule } from '../workspace/repository-modules.ts';

/** What is personalized: the whole repository, or one module where several have enough tests. `undefined`: no choice was made. */
export async function chooseTrainingScope(repository: MinedRepository): Promise<MinedRepository | undefined> {
  const modules = modulesOf(repository);
  if (modules.length === 0) return repository;
  const choices = [
    {
      label: 'Whole repository',
      description: count(repository.clean.length, 'pair'),
      detail: 'One model for every file.',
      scope: repository,
    },
    ...modules.map((module) => ({
      label: `Module ${module.path}`,
      description: count(module.pairs, 'pair'),
      detail: 'A model of its own for the files of this module; other files keep the model of the repository.',
      scope: onlyModule(repository, module),
    })),
  ];
  const asked = { title: 'Personalize', placeHolder: `What of ${repository.identity.name}?` };
  return (await vscode.window.showQuickPick(choices, asked))?.scope;
}

/** The part of a repository that a run of this name was about. */
export function scopeOfRun(repository: MinedRepository, name: string): MinedRepository {
  const module = allModulesOf(repository).find(({ id }) => id === name);
  return module === undefined ? repository : onlyModule(repository, module);
}
