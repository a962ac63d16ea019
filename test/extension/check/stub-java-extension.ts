import type { JavaLanguageApi } from '../../../extension/workspace/project-of-java-extension.ts';

/** A project as the stub knows it. */
export interface StubProject {
  /** Class path of its tests. */
  readonly test: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * A stub of the Java language extension (`redhat.java`), which cannot be had here: what its documented interface gives other extensions,
 * answered from a list of projects by the URI of each one's folder. As the extension's own, its calls reject for what belongs to no project.
 */
export function stubJavaExtension(
  projects: Readonly<Record<string, StubProject>>,
): JavaLanguageApi & Record<string, unknown> {
  const projectOf = (uri: string): StubProject => {
    const project = projects[uri];
    if (project === undefined) throw new Error(`${uri} does not belong to any Java project.`);
    return project;
  };
  return {
    apiVersion: '0.13',
    status: 'Started',
    serverMode: 'Standard',
    serverReady: async () => true,
    // An unknown scope means `runtime`, which has no test library.
    getClasspaths: async (uri, { scope }) => ({
      projectRoot: uri,
      classpaths: scope === 'test' ? projectOf(uri).test : [],
      modulepaths: [],
    }),
    getProjectSettings: async (uri, keys) => {
      const { settings } = projectOf(uri);
      return Object.fromEntries(keys.flatMap((key) => (settings[key] === undefined ? [] : [[key, settings[key]]])));
    },
    isTestFile: async (uri: string) => uri.includes('/src/test/'),
  };
}
