import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEFAULT_BASE, EMBEDDED_BASES } from '../../core/base-model/embedded-bases.ts';

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the setting offers the base models that the set-up builds, each with its description', () => {
  const { configuration } = JSON.parse(textOf('package.json')).contributes;
  const setting = configuration
    .map((group: { properties: Record<string, unknown> }) => group.properties['bespoke.localServer.baseModel'])
    .find((found: unknown) => found !== undefined);
  expect(setting).toMatchObject({ enum: [...EMBEDDED_BASES], default: DEFAULT_BASE });
  expect(setting.markdownEnumDescriptions).toEqual(EMBEDDED_BASES.map((name) => `%base.${name}%`));
  // Before there is any package the set-up has nothing but itself, so it has the names of its own.
  const built = [...textOf('server/setup/setup.mjs').matchAll(/resolve\(here, '\.\.', 'base', '([^']+)'\)/g)];
  expect(built.map(([, name]) => name)).toEqual([...EMBEDDED_BASES]);
});
