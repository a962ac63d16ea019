import { type Html, html } from './html.ts';

const words =
  /(\/\/[^\n]*|\/\*[\s\S]*?\*\/)|("""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(@[\w.]+)|\b(abstract|assert|boolean|break|byte|case|catch|char|class|continue|default|do|double|else|enum|extends|false|final|finally|float|for|if|implements|import|instanceof|int|interface|long|new|null|package|private|protected|public|record|return|short|static|super|switch|synchronized|this|throw|throws|true|try|var|void|while)\b/g;

/** Java text with its comments, strings, annotations and keywords told apart. */
export function javaCode(source: string): Html {
  const parts: (Html | string)[] = [];
  let from = 0;
  for (const match of source.matchAll(words)) {
    const [text, comment, literal, annotation] = match;
    parts.push(source.slice(from, match.index));
    const kind = comment ? 'comment' : literal ? 'literal' : annotation ? 'annotation' : 'keyword';
    parts.push(html`<span class="${kind}">${text}</span>`);
    from = match.index + text.length;
  }
  parts.push(source.slice(from));
  return html`<pre tabindex="0"><code>${parts}</code></pre>`;
}
