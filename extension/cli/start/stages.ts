/** Runs named stages one after the other, says each and keeps its seconds. */
export class Stages {
  readonly seconds: Record<string, number> = {};
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  async run<T>(name: string, title: string, work: (note: (line: string) => void) => Promise<T>): Promise<T> {
    this.#say(`${title} …`);
    const startedMs = Date.now();
    const result = await work((line) => this.#say(`  ${line}`));
    const seconds = (Date.now() - startedMs) / 1000;
    this.seconds[name] = Number(seconds.toFixed(1));
    this.#say(`  ${name}: ${seconds.toFixed(1)} s`);
    return result;
  }
}
