import type { CachedFile } from './mining-cache.ts';
import { unpackFacts } from './pack-facts.ts';
import { keys, nameOfFile, qualify } from './workspace-index.ts';

/** What the index answers otherwise, now that a file has changed, to those who do not take texts from the file by its offsets. */
export function keysOfChange(before: CachedFile, after: CachedFile): string[] {
  return [
    ...(outlineOf(before) === outlineOf(after) ? [] : [before, after].flatMap(namesIn)),
    ...(meansTheSame(before, after) ? [] : [keys.facts(after.path)]),
  ];
}

const outlineOf = ({ outline, facts }: CachedFile) => JSON.stringify([outline, facts.length > 0]);

const namesIn = ({ path, outline }: CachedFile) => [
  keys.named(nameOfFile(path)),
  ...outline.types.map((type) => keys.declaring(qualify(outline.package, type))),
];

/**
 * Main code whose declarations are the same but for where they stand, as after an edit in a method's body. Of tests' files other things are
 * asked too, so these are never taken for the same.
 */
function meansTheSame(before: CachedFile, after: CachedFile): boolean {
  if (before.outline.mayHoldTests || after.outline.mayHoldTests) return false;
  return declarationsOf(before) === declarationsOf(after);
}

/** Every number in facts is an offset; a negative one says that something is not there. */
function declarationsOf({ facts }: CachedFile): string {
  if (facts.length === 0) return '';
  return JSON.stringify(unpackFacts(facts.toString('utf8')), (_, value: unknown) =>
    typeof value === 'number' ? Math.sign(value) : value,
  );
}
