import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderStyleReport } from '../../../extension/report/render-style-report.ts';
import { violationsIn } from '../../accessibility.ts';
import { emptyReport, exampleReport } from './example-report.ts';

let browser: Browser;
beforeAll(async () => {
  const flags =
    '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags.split(' ') });
}, 120_000);
afterAll(() => browser.close());

/** The report has no violation of axe's rules, with everything in it and with hardly anything. */
describe('the report is accessible', () => {
  const before = { ...exampleReport, similarity: null, proof: [], samples: [], training: null, model: null };
  const looks = [
    ['light', 'none'],
    ['dark', 'none'],
    ['light', 'active'],
    ['dark', 'active'],
  ] as const;
  for (const [state, model] of Object.entries({
    'after a personalization': exampleReport,
    'before one': before,
    'without tests': emptyReport,
  })) {
    test.each(looks)(
      `${state}, %s, high contrast %s`,
      async (colorScheme, forcedColors) => {
        // As a file, and with the buttons that it has in the editor; the test in a real VS Code has the editor's own colours.
        for (const target of ['file', 'webview'] as const) {
          const page = await browser.newPage({ colorScheme, forcedColors });
          await page.setContent(renderStyleReport(model, { target }));
          expect(await violationsIn(page), target).toEqual([]);
          await page.close();
        }
      },
      60_000,
    );
  }
});

test('axe finds what is wrong', async () => {
  const page = await browser.newPage();
  await page.setContent(
    renderStyleReport(exampleReport, { target: 'file' }).replace(
      '</main>',
      '<img src="x"><font color="#dddddd">pale words</font></main>',
    ),
  );
  expect((await violationsIn(page)).map((violation) => violation.split(' ')[0])).toEqual([
    'color-contrast',
    'image-alt',
  ]);
  await page.close();
}, 60_000);
