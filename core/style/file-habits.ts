import type { JavaHeader } from './java-header.ts';
import { assertionLibraryOf, frameworkOf, mockLibraryOf } from './test-libraries.ts';

/** What the head of a test file tells of its style, in the words of the house-style card; `null` where it tells nothing. */
export interface FileHabits {
  readonly framework: string | null;
  readonly assertions: string | null;
  readonly mocks: string | null;
  readonly baseClass: string | null;
}

export const frameworkNames = { junit3: 'JUnit 3', junit4: 'JUnit 4', junit5: 'JUnit 5', testng: 'TestNG' };
export const assertionNames = {
  assertj: 'AssertJ',
  hamcrest: 'Hamcrest',
  truth: 'Truth',
  framework: 'the framework’s own',
};
export const mockNames = { mockito: 'Mockito', easymock: 'EasyMock', jmockit: 'JMockit', powermock: 'PowerMock' };
/** Mockito as behaviour-driven teams write it. */
export const bddMocks = 'Mockito, given / then';

export function fileHabits({ imports, superclass }: JavaHeader): FileHabits {
  const framework = frameworkOf(imports);
  const assertions = assertionLibraryOf(imports);
  const mocks = mockLibraryOf(imports);
  const isBdd = imports.some(({ name }) => name.startsWith('org.mockito.BDDMockito'));
  return {
    framework: framework === null ? null : frameworkNames[framework],
    assertions: assertions === null ? null : assertionNames[assertions],
    mocks: mocks === null ? null : isBdd ? bddMocks : mockNames[mocks],
    baseClass: superclass === '' ? null : superclass,
  };
}
