// The floor that mining is measured against: `node parse-only.mjs THREADS` parses the Java files whose paths come as JSON on standard
// input with tree-sitter and does nothing else. Prints the seconds of reading and parsing, without those of starting.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Language, Parser } from 'web-tree-sitter';

const FILES_AT_ONCE = 16;

if (isMainThread) {
  const files = JSON.parse(await text(process.stdin));
  const grammar = createRequire(import.meta.url).resolve('tree-sitter-java/tree-sitter-java.wasm');
  const threads = Array.from(
    { length: Number(process.argv[2]) },
    () => new Worker(new URL(import.meta.url), { workerData: grammar }),
  );
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  const started = performance.now();
  let next = 0;
  const work = async (thread) => {
    while (next < files.length) {
      thread.postMessage(files.slice(next, next + FILES_AT_ONCE));
      next += FILES_AT_ONCE;
      await once(thread, 'message');
    }
  };
  await Promise.all(threads.map(work));
  process.stdout.write(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));
  for (const thread of threads) thread.unref();
}

if (!isMainThread) {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(workerData));
  parentPort.on('message', (files) => {
    for (const file of files) parser.parse(readFileSync(file, 'utf8'))?.delete();
    parentPort.postMessage('done');
  });
  parentPort.postMessage('ready');
}
