/** The page's style. In the editor its colours are the theme's; in a file of its own they follow the reader's light or dark. */
export const reportPageStyle = `
:root {
  color-scheme: light dark;
  --own-paper: #ffffff; --own-card: #f6f7f9; --own-ink: #1c2128; --own-quiet: #57606a; --own-line: #d5dae0;
  --own-accent: #0b6f61; --own-base: #7a828e; --own-bad: #b42318; --own-link: #0a58b5; --own-code: #eef1f4;
  --own-keyword: #7d35a0; --own-literal: #0a5c9e; --own-annotation: #754b00; --own-comment: #57606a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --own-paper: #16191d; --own-card: #1e2227; --own-ink: #e4e8ec; --own-quiet: #a2abb5; --own-line: #363d45;
    --own-accent: #4fd1b8; --own-base: #98a2ae; --own-bad: #ff8f85; --own-link: #7ab8ff; --own-code: #12151a;
    --own-keyword: #d2a8ff; --own-literal: #9ecbff; --own-annotation: #e3b35c; --own-comment: #a2abb5;
  }
}
body.vscode-light {
  --own-accent: #0b6f61; --own-base: #7a828e; --own-bad: #b42318; --own-keyword: #7d35a0; --own-literal: #0a5c9e; --own-annotation: #754b00; --own-comment: #57606a;
}
body.vscode-dark, body.vscode-high-contrast:not(.vscode-high-contrast-light) {
  --own-accent: #4fd1b8; --own-base: #98a2ae; --own-bad: #ff8f85; --own-keyword: #d2a8ff; --own-literal: #9ecbff; --own-annotation: #e3b35c; --own-comment: #a2abb5;
}
body {
  --paper: var(--vscode-sideBar-background, var(--vscode-editor-background, var(--own-paper)));
  --card: var(--vscode-editorWidget-background, var(--own-card));
  --ink: var(--vscode-foreground, var(--own-ink));
  --quiet: var(--vscode-descriptionForeground, var(--own-quiet));
  --line: var(--vscode-contrastBorder, var(--vscode-widget-border, var(--own-line)));
  --link: var(--vscode-textLink-foreground, var(--own-link));
  --code: var(--vscode-editor-background, var(--own-code));
  --personalized: var(--own-accent); --base: var(--own-base); --bad: var(--own-bad);
  margin: 0; padding: 1.5rem clamp(0.75rem, 3vw, 2.5rem) 3rem; background: var(--paper); color: var(--ink);
  font: 14px/1.55 var(--vscode-font-family, system-ui, -apple-system, "Segoe UI", sans-serif);
}
main, header, footer { max-width: 1080px; margin-inline: auto; }
h1, h2, h3, h4 { line-height: 1.25; font-weight: 600; text-wrap: balance; }
h1 { font-size: 0.95rem; margin: 0; color: var(--quiet); font-weight: 500; }
h1 b { color: var(--ink); }
h2 { font-size: 1.35rem; margin: 0 0 0.35rem; }
h3 { font-size: 1rem; margin: 0 0 0.5rem; }
h4 { font-size: 0.85rem; margin: 0 0 0.4rem; color: var(--quiet); }
small { font-weight: 400; color: var(--quiet); font-size: 0.8rem; }
section { margin-top: 2.75rem; }
p { margin: 0 0 0.75rem; max-width: 72ch; }
.explain, .empty, figcaption { color: var(--quiet); }
.empty { padding: 0.9rem 1.1rem; border: 1px dashed var(--line); border-radius: 8px; }
.meta { color: var(--quiet); margin: 0.15rem 0 0; }
.headline { margin-top: 1.5rem; }
.headline h2 { font-size: clamp(1.5rem, 5vw, 2.4rem); letter-spacing: -0.02em; }
.figures { font-size: clamp(2.4rem, 9vw, 4.2rem); font-weight: 700; letter-spacing: -0.03em; line-height: 1.1; margin: 0.2rem 0 0.6rem; font-variant-numeric: tabular-nums; }
.before { color: var(--base); } .after { color: var(--personalized); } .arrow { color: var(--quiet); font-weight: 300; padding: 0 0.15em; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 12px var(--vscode-font-family, system-ui, sans-serif); }
.chart.narrow { display: none; }
figure { margin: 0; min-width: 0; } figcaption { margin-bottom: 0.25rem; }
.key::before { content: ""; display: inline-block; width: 0.8em; height: 0.8em; border-radius: 2px; margin-right: 0.35em; vertical-align: -0.06em; background: var(--base); }
.key.personalized::before { background: var(--personalized); }
.traits { columns: 3 250px; column-gap: 0.9rem; } .trait { break-inside: avoid; margin-bottom: 0.9rem; }
.trait, .proofs article, .sample { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 0.9rem 1.05rem; min-width: 0; }
.trait ul { list-style: none; margin: 0; padding: 0; }
.trait > ul > li + li { margin-top: 0.65rem; }
.habit { display: flex; gap: 0.75rem; justify-content: space-between; overflow-wrap: anywhere; }
.share { font-variant-numeric: tabular-nums; color: var(--quiet); white-space: nowrap; }
.bar { height: 5px; margin: 0.25rem 0; border-radius: 3px; overflow: hidden; }
.bar .track { fill: var(--line); } .bar .fill { fill: var(--personalized); }
.evidence { padding-left: 0; } .evidence li { overflow-wrap: anywhere; }
.trait .evidence { margin: 0.2rem 0 0.4rem 0.9rem; font-size: 0.8rem; }
details summary { cursor: pointer; color: var(--quiet); font-size: 0.85rem; }
details[open] > summary { margin-bottom: 0.5rem; }
.trait details summary { font-size: 0.78rem; }
.proofs { display: grid; gap: 0.9rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--line); vertical-align: baseline; }
th:first-child, td:first-child, caption { text-align: left; padding-left: 0; }
thead th { font-weight: 500; color: var(--quiet); } tbody th { font-weight: 500; }
caption { font-weight: 600; padding-bottom: 0.4rem; }
.scores tbody th small { display: block; }
.scores td { font-size: 1.05rem; white-space: nowrap; }
.better { color: var(--personalized); font-weight: 600; } .worse { color: var(--bad); font-weight: 600; }
.better span, .worse span { font-size: 0.65em; vertical-align: 0.25em; }
dl { margin: 0.9rem 0 0; } dt { color: var(--quiet); } dd { margin: 0; font-variant-numeric: tabular-nums; }
.gains div { display: flex; gap: 1rem; justify-content: space-between; padding: 0.15rem 0; }
.gains dd { white-space: nowrap; }
.sample { margin-top: 0.9rem; }
.columns { display: grid; gap: 0.9rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 290px), 1fr)); margin-top: 0.75rem; }
.columns > div { min-width: 0; border-top: 3px solid var(--line); padding-top: 0.5rem; }
.columns > .by-base { border-color: var(--base); } .columns > .by-personalized { border-color: var(--personalized); } .columns > .team { border-color: var(--ink); }
.verdict { float: right; font-weight: 500; }
.verdict.useful, .verdict.passes { color: var(--personalized); } .verdict.compiles, .verdict.parses, .verdict.broken { color: var(--bad); }
.reason { font-size: 0.8rem; color: var(--quiet); margin-top: 0.4rem; overflow-wrap: anywhere; white-space: pre-line; }
pre { margin: 0; padding: 0.7rem 0.8rem; background: var(--code); border-radius: 6px; overflow: auto; max-height: 24rem; font: 12px/1.5 var(--vscode-editor-font-family, ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace); tab-size: 4; }
code { font-family: var(--vscode-editor-font-family, ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace); font-size: 0.92em; }
pre code { font-size: inherit; }
pre { color: var(--vscode-editor-foreground, var(--ink)); }
.comment { color: var(--own-comment); font-style: italic; } .literal { color: var(--own-literal); } .annotation { color: var(--own-annotation); } .keyword { color: var(--own-keyword); }
:is(body.vscode-high-contrast, body.vscode-high-contrast-light) :is(.comment, .literal, .annotation, .keyword) { color: inherit; }
.charts, .halves { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); align-items: start; }
.charts + details, figure + details { margin-bottom: 1.25rem; }
.halves + h3 { margin-top: 1.75rem; }
.hidden { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
.untested { list-style: none; margin: 0; padding: 0; columns: 2 320px; column-gap: 2rem; }
.untested li { break-inside: avoid; display: flex; gap: 0.75rem; justify-content: space-between; padding: 0.22rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.facts { display: grid; gap: 0.9rem 2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 230px), 1fr)); }
button { font: inherit; cursor: pointer; }
.link { background: none; border: 0; padding: 0; color: var(--link); text-align: left; overflow-wrap: anywhere; } .link:hover { text-decoration: underline; }
.action { flex: none; border: 1px solid var(--vscode-button-border, transparent); border-radius: 4px; padding: 0.05rem 0.6rem; font-size: 0.8rem; align-self: center; color: var(--vscode-button-foreground, #ffffff); background: var(--vscode-button-background, #0b6f61); }
:focus-visible { outline: 2px solid var(--vscode-focusBorder, var(--link)); outline-offset: 2px; }
footer { margin-top: 3rem; color: var(--quiet); font-size: 0.8rem; }
@media (max-width: 560px) {
  body { padding-top: 0.9rem; } section { margin-top: 2rem; }
  .chart.wide { display: none; } .chart.narrow { display: block; } .verdict { float: none; display: block; }
  .gains div { flex-wrap: wrap; gap: 0 1rem; }
}
@media print { pre { max-height: none; } .action { display: none; } }
`;
