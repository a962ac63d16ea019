import { escapeMarkup } from './figures/escape-markup.ts';
import type { Figure } from './figures/figure.ts';
import type { Table } from './table.ts';

/** All figures and tables as one page, which loads nothing and runs no script. */
export function resultsPage(
  runs: number,
  tables: readonly Table[],
  drawn: readonly { readonly figure: Figure; readonly svg: string }[],
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>An experiment of ${runs} runs</title>
<style>${STYLE}</style>
</head>
<body>
<h1>An experiment of ${runs} runs</h1>
<nav><a href="#figures">Figures</a> <a href="#tables">Tables</a></nav>
<h2 id="figures">Figures</h2>
${drawn.map(figureMarkup).join('\n')}
<h2 id="tables">Tables</h2>
${tables.map(tableMarkup).join('\n')}
</body>
</html>
`;
}

function figureMarkup({ figure: { name, title, caption, runs }, svg }: { figure: Figure; svg: string }): string {
  const records = runs.map((run) => `<li>runs/${escapeMarkup(run)}.jsonl</li>`).join('');
  return `<figure id="${escapeMarkup(name)}">
<h3>${escapeMarkup(title)}</h3>
${svg}
<figcaption>${escapeMarkup(caption)}
<details><summary>Drawn from ${runs.length} records</summary><ul>${records}</ul></details></figcaption>
</figure>`;
}

function tableMarkup({ title, note, head, rows }: Table): string {
  const line = (cells: readonly string[], tag: 'td' | 'th') =>
    `<tr>${cells.map((cell) => `<${tag}>${cellMarkup(cell)}</${tag}>`).join('')}</tr>`;
  return `<h3>${cellMarkup(title)}</h3>
<p>${cellMarkup(note)}</p>
<div class="wide"><table>
<thead>${line(head, 'th')}</thead>
<tbody>${rows.map((cells) => line(cells, 'td')).join('')}</tbody>
</table></div>`;
}

/** The two marks of Markdown that tables use. */
function cellMarkup(text: string): string {
  return escapeMarkup(text)
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
figure { margin: 2rem 0; } figure svg { max-width: 100%; height: auto; border: 1px solid #ddd; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 13px; }
th, td { border: 1px solid #ccc; padding: 0.25rem 0.5rem; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } thead th { background: #f3f3f3; }
`;
