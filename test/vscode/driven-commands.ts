import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './vscode-server.ts';

const driven = new Set<string>();

/** Keeps in mind that a test ran a command, by its title in the palette. */
export function noteDriven(title: string): void {
  driven.add(title);
}

/** Titles in the palette of the commands that the manifest declares. */
export function declaredCommands(): string[] {
  const read = (name: string) => JSON.parse(readFileSync(join(repositoryRoot, name), 'utf8'));
  const { commands } = read('package.json').contributes as {
    commands: { title: string; category: string; command: string }[];
  };
  const texts: Readonly<Record<string, string>> = read('package.nls.json');
  return commands.map(({ title, category, command }) => {
    const text = texts[title.replaceAll('%', '')];
    if (text === undefined) throw new Error(`The title of ${command} is not in package.nls.json.`);
    return `${category}: ${text}`;
  });
}

/** Declared commands that no test has run so far. */
export function undrivenCommands(): string[] {
  return declaredCommands().filter((title) => !driven.has(title));
}
