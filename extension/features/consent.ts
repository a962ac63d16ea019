import * as vscode from 'vscode';
import type { ServerPlace } from '../server-link.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';

const send = 'Personalize';
const look = 'Show the Pairs';

/** Says what will be sent where before anything is. Returns whether the user agreed. */
export async function askForConsent(
  repository: MinedRepository,
  place: ServerPlace,
  settings: { readonly strategy: string; readonly heldOutPairs: number },
): Promise<boolean> {
  const chosen = await vscode.window.showInformationMessage(
    `Personalize to ${repository.identity.name}?`,
    { modal: true, detail: consentText(repository, place, settings) },
    send,
    look,
  );
  if (chosen === look) {
    const document = await vscode.workspace.openTextDocument({ language: 'jsonl', content: repository.jsonLines });
    await vscode.window.showTextDocument(document, { preview: true });
    const again = await vscode.window.showInformationMessage(
      `Personalize to ${repository.identity.name}? The editor shows exactly what would be sent, one pair a line.`,
      send,
      'Cancel',
    );
    return again === send;
  }
  return chosen === send;
}

/** What the consent sheet lists: files, pairs, bytes, server. */
export function consentText(
  repository: MinedRepository,
  place: ServerPlace,
  settings: { readonly strategy: string; readonly heldOutPairs: number },
): string {
  const { clean, withSecret, testMethods } = repository;
  const testFiles = new Set(clean.map((pair) => pair.testFile)).size;
  const focalFiles = new Set(clean.map((pair) => pair.focalFile)).size;
  const lines = [
    place.kind === 'local'
      ? 'Server: this machine. Nothing leaves it.'
      : `Server: ${place.name}. The text below is sent there.`,
    `Files: ${count(testFiles, 'test file')} and ${count(focalFiles, 'source file')}`,
    `Pairs: ${count(clean.length, 'test')} with the method that each tests (of ${count(testMethods, 'test method')})`,
    `Size: ${formatBytes(repository.bytes)}`,
    `Training: ${settings.strategy}; up to ${settings.heldOutPairs} pairs for each of two proofs are kept out of it`,
  ];
  if (withSecret.length > 0) lines.push(`Left out: ${count(withSecret.length, 'pair')} that seem to hold a secret`);
  return lines.join('\n');
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
