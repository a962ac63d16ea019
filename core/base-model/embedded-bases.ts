/** The base models that come with Bespoke, by the names of their folders; the set-up builds each. */
export const EMBEDDED_BASES = ['smollm2-135m-tests', 'bart-10m-tests'] as const;

export type EmbeddedBase = (typeof EMBEDDED_BASES)[number];

/** The one that writes unless another is named: it writes better; the other is for slow machines and for the papers' experiments. */
export const DEFAULT_BASE: EmbeddedBase = 'smollm2-135m-tests';

/** The base of this name; `undefined` where there is none. */
export function embeddedBase(name: string): EmbeddedBase | undefined {
  return EMBEDDED_BASES.find((base) => base === name);
}

/** One sentence for a user who named another. */
export function noSuchBase(name: string | undefined): string {
  return `There is no base model '${name}': use ${EMBEDDED_BASES.join(' or ')}.`;
}
