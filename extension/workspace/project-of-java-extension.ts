import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AskProject, KnownProject } from '../check/known-project.ts';

/**
 * What Bespoke uses of the interface that the Java language extension (`redhat.java`) documents for other extensions, from its version 0.5
 * on. Both calls reject for what belongs to no project.
 */
export interface JavaLanguageApi {
  getClasspaths(uri: string, options: { readonly scope: 'test' }): Promise<{ readonly classpaths: readonly string[] }>;
  getProjectSettings(uri: string, keys: readonly string[]): Promise<Readonly<Record<string, unknown>>>;
  /** Resolves when its projects are imported; older versions lack it. */
  readonly serverReady?: () => Promise<boolean>;
}

export interface JavaExtensionQuestion {
  readonly workspaceDir: string;
  /** Starts the extension if it did not start yet; `undefined`: it is not installed. */
  readonly activate: (() => PromiseLike<unknown>) | undefined;
  /** How long its answer is waited for: importing a workspace may take it minutes. */
  readonly limitMs: number;
  /** Told why it was asked in vain. */
  readonly note: (line: string) => void;
}

const languageLevel = 'org.eclipse.jdt.core.compiler.source';

/** Asks the Java language extension about modules; `undefined` where it is not installed. */
export function askJavaExtension({
  workspaceDir,
  activate,
  limitMs,
  note,
}: JavaExtensionQuestion): AskProject | undefined {
  if (activate === undefined) return undefined;
  return async (module) => {
    const uri = pathToFileURL(join(workspaceDir, module)).href;
    const inVain = (why: string) => {
      note(`The Java language extension was asked for the class path of ${module || 'the workspace'} in vain: ${why}.`);
      return null;
    };
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<KnownProject | null>((resolve) => {
      timer = setTimeout(() => resolve(inVain(`it did not answer within ${limitMs / 1000} seconds`)), limitMs);
    });
    try {
      return await Promise.race([projectAt(uri, activate, inVain), tooLate]);
    } catch (cause) {
      return inVain(cause instanceof Error ? cause.message : String(cause));
    } finally {
      clearTimeout(timer);
    }
  };
}

async function projectAt(
  uri: string,
  activate: () => PromiseLike<unknown>,
  inVain: (why: string) => null,
): Promise<KnownProject | null> {
  const api = await activate();
  if (!isJavaLanguageApi(api)) return inVain('its interface is not the one that is documented');
  await api.serverReady?.();
  const [{ classpaths }, settings] = await Promise.all([
    api.getClasspaths(uri, { scope: 'test' }),
    api.getProjectSettings(uri, [languageLevel]),
  ]);
  // Its folders of classes are built from the workspace's files, as the check's own are, which also know what was not saved.
  const libraries = classpaths.filter((entry) => entry.endsWith('.jar'));
  if (libraries.length === 0) return inVain('it knows no library of it');
  return { source: 'the Java language extension', libraries, release: releaseOf(settings[languageLevel]) };
}

function isJavaLanguageApi(api: unknown): api is JavaLanguageApi {
  if (typeof api !== 'object' || api === null) return false;
  return (
    'getClasspaths' in api &&
    typeof api.getClasspaths === 'function' &&
    'getProjectSettings' in api &&
    typeof api.getProjectSettings === 'function'
  );
}

/** `1.8` and `17` are how it writes language levels. */
function releaseOf(level: unknown): number | null {
  const found = typeof level === 'string' ? /^(?:1\.)?(\d+)$/.exec(level)?.[1] : undefined;
  return found === undefined ? null : Number(found);
}
