import type { ServerUnderTest } from '../server/support/server-under-test.ts';

/** What a server logged of defects of its own, each once. */
export function serverDefects(server: ServerUnderTest): readonly string[] {
  const lines = server.log().split('\n');
  return [...new Set(lines.filter((line) => line.includes('"call-broke"') || line.includes('"level":"error"')))];
}
