import { EMBEDDED_BASES, type EmbeddedBase, embeddedBase, noSuchBase } from '../core/base-model/embedded-bases.ts';

/** The base that `--base` names, or all that come with Bespoke. Throws for one that does not. */
export function basesOf(name: string | undefined): readonly EmbeddedBase[] {
  if (name === undefined) return EMBEDDED_BASES;
  const base = embeddedBase(name);
  if (base === undefined) throw new Error(noSuchBase(name));
  return [base];
}
