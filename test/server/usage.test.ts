import { expect, test } from 'vitest';
import { FLAGS, parseFlags } from '../../server/flags.ts';
import { USAGE } from '../../server/usage.ts';
import { runServerProgram } from './support/server-under-test.ts';

test('The server says how it is used, with every flag that there is.', async () => {
  expect(parseFlags(['token', 'list', '--help'])).toEqual({ command: 'help' });
  const named = new Set([...USAGE.matchAll(/--([a-z-]+)/g)].map(([, name]) => name));
  expect([...named].toSorted()).toEqual(Object.keys(FLAGS).toSorted());
  const { code, stdout } = await runServerProgram(['--help']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: USAGE });
});
