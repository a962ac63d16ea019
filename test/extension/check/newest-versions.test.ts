import { expect, test } from 'vitest';
import { compareVersions, newestVersions } from '../../../extension/check/newest-versions.ts';

test('a library that is wanted newer than Maven took it, in its newest version', () => {
  const tree = `bespoke:class-path:jar:1
+- org.assertj:assertj-core:jar:3.25.3:compile
|  \\- net.bytebuddy:byte-buddy:jar:1.14.11:compile
+- org.mockito:mockito-core:jar:5.20.0:compile
|  +- (net.bytebuddy:byte-buddy:jar:1.17.7:compile - omitted for conflict with 1.14.11)
|  \\- (net.bytebuddy:byte-buddy:jar:1.16.0:compile - version managed from 1.1; omitted for conflict with 1.14.11)
\\- (a:b:jar:1.0:compile - omitted for conflict with 1.2)
`;
  expect([...newestVersions(tree)]).toEqual([['net.bytebuddy:byte-buddy', '1.17.7']]);
});

test('versions are compared part by part', () => {
  const sorted = ['1.2', '1.10-rc1', '1.10', '1.10.1', '2.0-alpha', '2.0', '33.4.0-jre'];
  for (const [at, version] of sorted.entries()) {
    expect(compareVersions(version, version)).toBe(0);
    for (const newer of sorted.slice(at + 1)) {
      expect(compareVersions(version, newer), `${version} ${newer}`).toBeLessThan(0);
      expect(compareVersions(newer, version), `${newer} ${version}`).toBeGreaterThan(0);
    }
  }
});
