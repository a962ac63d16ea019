/** Text that is HTML already. Only `html` makes it, so that whatever comes from a workspace or a model is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | null | false | readonly Part[];

/** A template whose values are escaped unless they are `Html`. Lists are joined; `null` and `false` leave nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(strings.map((text, at) => text + (at < values.length ? textOf(values[at] ?? null) : '')).join(''));
}

/** Declares a text to be HTML: for constants of ours and for what the charting library draws. */
export function trusted(text: string): Html {
  return new Html(text);
}

function textOf(value: Part): string {
  if (value === null || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(textOf).join('');
  return String(value).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
