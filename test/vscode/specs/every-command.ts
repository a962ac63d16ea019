import { expect, test } from 'vitest';
import { undrivenCommands } from '../driven-commands.ts';

/** Comes last: whatever the manifest declares, a test before this one has run from the palette. */
export function describeEveryCommand(): void {
  test('each was run by a test', () => {
    expect(undrivenCommands()).toEqual([]);
  });
}
