/** The page's style: the system's font, light or dark as the system is, and contrasts that meet WCAG 2.2 AA. */
export const style = `:root { color-scheme: light dark; --back: #ffffff; --fore: #1f2328; --quiet: #59636e; --line: #d1d9e0; --alarm: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --fore: #f0f6fc; --quiet: #9da7b3; --line: #3d444d; --alarm: #ff8d85; } }
body { background: var(--back); color: var(--fore); font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 90rem; padding: 1rem; }
header { align-items: center; display: flex; flex-wrap: wrap; gap: 1rem; }
header h1 { flex: 1; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); overflow-wrap: anywhere; padding: .3rem .6rem; text-align: left; vertical-align: top; }
thead th { color: var(--quiet); font-weight: 600; }
tbody th { font-weight: 400; }
label, input { display: block; margin-bottom: .5rem; }
input, button { background: var(--back); border: 1px solid var(--quiet); border-radius: 4px; color: var(--fore); font: inherit; padding: .3rem .8rem; }
:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
[role=alert] { color: var(--alarm); }
`;

/** Brings what the page shows up to date without moving the focus or the window; the button stops it, as whoever reads slowly needs. */
export const refreshScript = `'use strict';
const pause = document.getElementById('pause');
const isPaused = () => pause.getAttribute('aria-pressed') === 'true';
pause.hidden = false;
pause.addEventListener('click', () => {
  pause.setAttribute('aria-pressed', String(!isPaused()));
});
async function refresh() {
  if (isPaused() || document.hidden) return;
  const answer = await fetch('/', { cache: 'no-store' });
  if (answer.status === 401) return location.reload();
  if (!answer.ok) return;
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('now');
  // Whoever paused while the answer was on its way is reading what was there.
  if (!isPaused()) document.getElementById('now').replaceWith(next);
}
setInterval(() => refresh().catch(() => {}), 5000);
`;
