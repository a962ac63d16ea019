import type { BaseModelFolder } from './base-model/base-model-folder.ts';
import { baseModelRefused } from './errors.ts';
import type { Generator } from './flow-generate.ts';
import type { Log } from './log.ts';

/** The generator, loaded when it is first needed: a server that only trains needs no memory for it. */
export interface LazyGenerator {
  get(): Promise<Generator>;
  close(): Promise<void>;
}

export function openGenerator(_baseModel: BaseModelFolder, _log: Log): LazyGenerator {
  return {
    get: async () => {
      throw baseModelRefused('generation is not built yet');
    },
    close: async () => {},
  };
}
