import { expect, test } from 'vitest';
import { buildablePom } from '../../../server/base/buildable-pom.ts';

const folders =
  '<sourceDirectory>src/main/java</sourceDirectory><testSourceDirectory>src/test/java</testSourceDirectory>';

test('adds to the elements of the project, not to those of a profile, a comment or a plugin', () => {
  const pom = `<?xml version="1.0"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <!-- <build> -->
  <profiles><profile><build><a/></build><dependencies/></profile></profiles>
  <dependencyManagement><dependencies><b/></dependencies></dependencyManagement>
  <build><c/></build>
  <dependencies><d/></dependencies>
</project>
`;
  const made = buildablePom(pom, ['g:a:1']);
  expect(made).toContain(`\n  <build>${folders}<c/></build>`);
  expect(made).toContain(
    '\n  <dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>1</version></dependency><d/>',
  );
  expect(made).toMatch(/<properties><rat.skip>true<\/rat.skip>.*<\/properties>\n<\/project>\n$/);
  expect(made).toContain('<profile><build><a/></build><dependencies/></profile>');
});

test('leaves source folders alone that the pom names', () => {
  const pom = '<project><build><sourceDirectory>code</sourceDirectory></build></project>';
  expect(buildablePom(pom, [])).toContain('<build><sourceDirectory>code</sourceDirectory></build>');
  expect(buildablePom(pom, [])).not.toContain('<dependencies>');
});
