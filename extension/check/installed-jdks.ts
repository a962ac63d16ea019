import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A JDK where installers and version managers put them. */
export interface InstalledJdk {
  readonly javaHome: string;
  /** Java's feature version, for instance 17. */
  readonly javaVersion: number;
}

/** Where JDKs are installed: folders that hold one in each of their folders, and what inside of that is its home. */
const places: Readonly<Partial<Record<NodeJS.Platform, readonly (readonly [string, string])[]>>> = {
  linux: [
    ['/usr/lib/jvm', ''],
    ['/usr/java', ''],
    ['/opt/java', ''],
  ],
  darwin: [['/Library/Java/JavaVirtualMachines', 'Contents/Home']],
  win32: ['Java', 'Eclipse Adoptium', 'Microsoft', 'Zulu'].map((name) => [`C:\\Program Files\\${name}`, ''] as const),
};
const ofUser = ['.jdks', '.sdkman/candidates/java', '.asdf/installs/java', '.local/share/mise/installs/java'];

/** All JDKs that are found without starting anything, oldest Java first. */
export function installedJdks(): readonly InstalledJdk[] {
  const found = new Map<string, InstalledJdk>();
  const folders = [...(places[process.platform] ?? []), ...ofUser.map((name) => [join(homedir(), name), ''] as const)];
  for (const [folder, inside] of folders) {
    for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
      const jdk = jdkIn(join(folder, name, inside));
      if (jdk !== null) found.set(jdk.javaHome, jdk);
    }
  }
  return [...found.values()].sort((one, other) => one.javaVersion - other.javaVersion);
}

/** A JDK says in its file `release` what it is; a folder without a compiler is none. */
function jdkIn(javaHome: string): InstalledJdk | null {
  const release = join(javaHome, 'release');
  const javac = join(javaHome, 'bin', process.platform === 'win32' ? 'javac.exe' : 'javac');
  if (!existsSync(release) || !existsSync(javac)) return null;
  const version = /^JAVA_VERSION="(?:1\.)?(\d+)/m.exec(readFileSync(release, 'utf8'))?.[1];
  return version === undefined ? null : { javaHome, javaVersion: Number(version) };
}
