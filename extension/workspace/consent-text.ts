import { secretText } from '../../core/secrets/secrets-in-pair.ts';
import type { MinedRepository } from './mine-repository.ts';
import type { PairWithSecret } from './secrets.ts';

/** Where the pairs go. */
export interface ConsentPlace {
  readonly kind: 'local' | 'remote';
  readonly name: string;
}

/** What the consent sheet lists: files, pairs, bytes, server. */
export function consentText(
  repository: MinedRepository,
  place: ConsentPlace,
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
    `Training: ${trainingText(settings.strategy)}; up to ${settings.heldOutPairs} pairs for each of two proofs are kept out of it`,
  ];
  if (withSecret.length > 0) lines.push(...keptBack(withSecret));
  return lines.join('\n');
}

function trainingText(strategy: string): string {
  return strategy === 'auto' ? 'auto, which tries every strategy shortly and goes on with one' : strategy;
}

const secretsShown = 5;

/** Each secret by kind and place; never the secret. */
function keptBack(withSecret: readonly PairWithSecret[]): string[] {
  const secrets = [...new Set(withSecret.flatMap((one) => one.secrets.map(secretText)))];
  const more = secrets.length - secretsShown;
  return [
    `Kept back, because they seem to hold a secret: ${count(withSecret.length, 'pair')}`,
    ...secrets.slice(0, secretsShown).map((secret) => `– ${secret}`),
    ...(more > 0 ? [`– and ${more} more: Show the Pairs lists them all`] : []),
  ];
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
