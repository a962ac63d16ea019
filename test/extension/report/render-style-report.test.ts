import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { html, trusted } from '../../../extension/report/html.ts';
import { javaCode } from '../../../extension/report/java-code.ts';
import { interval } from '../../../extension/report/numbers.ts';
import { renderStyleReport } from '../../../extension/report/render-style-report.ts';
import { reportPageStyle } from '../../../extension/report/report-page-style.ts';
import { emptyReport, exampleReport } from './example-report.ts';

const page = renderStyleReport(exampleReport, { target: 'file', nonce: 'n1' });
const webview = renderStyleReport(exampleReport, { target: 'webview', nonce: 'n1' });

describe('the style report', () => {
  it('shows its sections in the order of the specification', () => {
    const headings = [...page.matchAll(/<h2 id="([\w-]+)"/g)].map((match) => match[1]);
    expect(headings).toEqual(['headline', 'house-style', 'proof', 'samples', 'training', 'mined', 'model']);
  });

  it.each([
    'Your model writes like you',
    '>0.42<',
    '>0.78<',
    '+17.5 [11.9, 22.8]',
    '3.54 M parameters (2.6 % of the base)',
    '7.08 MB',
    'method_when…_then…',
    'and 23 more',
    '<dt>useful when copied and renamed</dt><dd>15 %</dd>',
  ])('says %s', (text) => expect(page).toContain(text));

  it('shows what the team’s file wants beside what its tests do', () => {
    const plain = page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
    expect(plain).toContain('New tests are scored against bespoke-house-style.json .');
    expect(plain).toContain('JUnit 4 not wanted, 15 %');
    expect(plain).toContain('EasyMock wanted, not seen');
    expect(plain).not.toContain('method_when…_then… not wanted');
    const without = renderStyleReport({ ...exampleReport, teamRules: null }, { target: 'file' });
    expect(without).toContain('Save House Style makes it a file');
    expect(without).not.toContain('not wanted');
  });

  it('escapes what comes from a workspace or a model', () => {
    expect(page).not.toContain('<script');
    expect(webview.match(/<script/g)).toHaveLength(1);
    expect(renderStyleReport(emptyReport, { target: 'file' })).toContain('new &#38; empty');
    expect(html`${'<b>"x"'} ${trusted('<i>')} ${[1, null, false]}`.text).toBe('&#60;b&#62;&#34;x&#34; <i> 1');
  });

  it('loads nothing and needs no style or script beyond its own', () => {
    for (const text of [page, webview]) {
      expect(text.replaceAll(/http:\/\/www\.w3\.org\/(2000\/svg|1999\/xlink)/g, '')).not.toMatch(
        /https?:|url\((?!#)|<link|<img|@import/,
      );
      expect(text).not.toMatch(/ style="| on\w+="/);
      expect(text).toContain('default-src &#39;none&#39;; style-src &#39;nonce-n1&#39;');
    }
    expect(page).not.toContain('script-src');
    expect(webview).toContain('script-src &#39;nonce-n1&#39;');
  });

  it('has links in the editor and plain text in a file', () => {
    expect(page).not.toContain('data-kind');
    expect(webview).toContain(
      'data-kind="generate" data-file="domain/src/main/java/example/wayside/domain/depot/Depot.java" data-line="10"',
    );
    expect(webview).toContain('data-member="street_whenLineHasANumber_thenReturnsTheTextBefore"');
  });

  it('describes every chart and gives its figures in a table', () => {
    const charts = page.match(/role="img" aria-label="[^"]{30,}"/g) ?? [];
    expect(charts.length).toBe(8);
    expect(page.match(/in figures<\/summary>\s*<table>/g)).toHaveLength(3);
    expect(page).not.toMatch(/#0[1-5]0[1-5]0[1-5]/);
  });

  it('says what is missing before the first personalization', () => {
    const text = renderStyleReport(emptyReport, { target: 'webview' });
    expect(text.match(/class="empty"/g)).toHaveLength(7);
    expect(text).toContain('Bespoke: Personalize to this Repo');
  });

  it('does not praise a model that is no better', () => {
    const similarity = { base: [0.5, 0.6], personalized: [0.5, 0.59] };
    expect(renderStyleReport({ ...exampleReport, similarity }, { target: 'file' })).toContain(
      'does not write more like you',
    );
  });

  it('writes intervals with signs', () => {
    expect(interval({ estimate: -1.25, low: -2, high: 0.5 }, 1)).toBe('−1.3 [−2.0, 0.5]');
  });

  it('tells comments, strings and keywords apart', () => {
    expect(javaCode('int a = "x<"; // new').text).toBe(
      '<pre tabindex="0"><code><span class="keyword">int</span> a = <span class="literal">&#34;x&#60;&#34;</span>; <span class="comment">// new</span></code></pre>',
    );
  });
});

describe('the report’s own colours', () => {
  const palettes = reportPageStyle.split('@media (prefers-color-scheme: dark)').map((text) => paletteOf(text));
  const texts = ['ink', 'quiet', 'accent', 'bad', 'link', 'keyword', 'literal', 'annotation'];

  it.each(['light', 'dark'])('are legible in %s (WCAG AA, 4.5 : 1)', (theme) => {
    const palette = palettes[theme === 'light' ? 0 : 1] ?? new Map();
    for (const text of texts) {
      for (const ground of ['paper', 'card', 'code']) {
        expect(
          contrast(palette.get(text) ?? '', palette.get(ground) ?? ''),
          `${text} on ${ground}`,
        ).toBeGreaterThanOrEqual(4.5);
      }
    }
    // The base's colour is for large figures and lines: 3 : 1.
    expect(contrast(palette.get('base') ?? '', palette.get('card') ?? '')).toBeGreaterThanOrEqual(3);
  });
});

const chromiumPath = '/usr/bin/chromium';
describe.skipIf(!existsSync(chromiumPath))('the report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bespoke-report-'));
  let browser: Browser;
  beforeAll(async () => {
    const flags =
      '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
    browser = await chromium.launch({ executablePath: chromiumPath, args: flags.split(' ') });
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['light', 1200],
    ['dark', 1200],
    ['dark', 320],
  ] as const)(
    'fits a %s page of %i pixels without a complaint',
    async (colorScheme, width) => {
      const file = join(folder, 'report.html');
      writeFileSync(file, page);
      const tab = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
      const complaints: string[] = [];
      tab.on('console', (message) => complaints.push(message.text()));
      tab.on('pageerror', (error) => complaints.push(String(error)));
      tab.on('request', (request) => {
        if (!request.url().startsWith('file:')) complaints.push(request.url());
      });
      await tab.goto(`file://${file}`);
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      const visible = tab.locator(`.chart.${width < 560 ? 'narrow' : 'wide'}`);
      expect(await visible.count()).toBe(4);
      expect((await visible.first().boundingBox())?.height ?? 0).toBeGreaterThan(150);
      expect(complaints).toEqual([]);
      await tab.close();
    },
    30_000,
  );

  it('tells the editor which place was clicked', async () => {
    const file = join(folder, 'webview.html');
    writeFileSync(file, webview);
    const tab = await browser.newPage();
    // The editor's side of the webview; the test in a real VS Code has the real one.
    await tab.addInitScript(
      'window.sent = []; window.acquireVsCodeApi = () => ({ postMessage: (message) => window.sent.push(message) });',
    );
    await tab.goto(`file://${file}`);
    await tab.getByRole('button', { name: 'Generate test for Depot.untested0' }).click();
    await tab.getByRole('button', { name: 'Barcode.isValid' }).click();
    expect(await tab.evaluate('window.sent')).toEqual([
      { kind: 'generate', file: 'domain/src/main/java/example/wayside/domain/depot/Depot.java', line: 10 },
      { kind: 'open', file: 'legacy/src/main/java/example/wayside/legacy/Barcode.java', member: 'isValid' },
    ]);
    await tab.close();
  }, 120_000);
});

function paletteOf(text: string): Map<string, string> {
  const root = /:root \{[^}]*\}/.exec(text)?.[0] ?? '';
  return new Map([...root.matchAll(/--own-(\w+): (#\w{6})/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
