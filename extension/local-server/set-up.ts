import type { LocalServerLayout } from './layout.ts';
import { LocalServerError } from './local-server-error.ts';
import { onLines, spawnNode } from './node-process.ts';

/**
 * Puts the Python environment and the base model into the home folder. Can be repeated: what is there already is kept. Aborting ends
 * the process and rejects with the signal's reason; the next set-up goes on from the last complete stage.
 */
export function setUpLocalServer(
  layout: LocalServerLayout,
  options: { readonly signal?: AbortSignal | undefined; readonly onProgress: (line: string) => void },
): Promise<void> {
  const { signal, onProgress } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawnNode(layout.setUpScript, ['--home', layout.home], {});
    const errors: string[] = [];
    onLines(child.stdout, onProgress);
    onLines(child.stderr, (line) => {
      errors.push(line);
      onProgress(line);
    });
    const abort = () => child.kill();
    signal?.addEventListener('abort', abort, { once: true });
    child.on('error', (cause) =>
      reject(new LocalServerError('did-not-start', 'The set-up could not be started.', { cause })),
    );
    child.on('close', (code) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason);
      else if (code === 0) resolve();
      else {
        const why = errors.find((line) => line.startsWith('set-up failed: '))?.slice('set-up failed: '.length);
        reject(
          new LocalServerError('not-set-up', why ?? `The set-up ended with code ${code}: look at the server log.`),
        );
      }
    });
  });
}
