import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import { diagnosisText } from '../../../extension/diagnosis/diagnosis-text.ts';
import { type Check, type Finding, runChecks } from '../../../extension/diagnosis/finding.ts';

const fine = (subject: string, onlyReads = false): Check => ({ subject, onlyReads, look: () => `${subject} is well.` });
const broken = (subject: string): Check => ({
  subject,
  onlyReads: false,
  look: () => Promise.reject(new Error(`${subject} is broken: mend it.`)),
});

async function check(checks: readonly Check[], trusted: boolean, expected: string): Promise<Finding[]> {
  const looked: string[] = [];
  const findings = await runChecks(checks, {
    trusted,
    signal: new AbortController().signal,
    onCheck: (subject) => looked.push(subject),
  });
  expect(findings.map(({ subject, state }) => `${subject} ${state}`).join(', ')).toBe(expected);
  expect(looked).toEqual(findings.filter(({ state }) => state !== 'not-checked').map(({ subject }) => subject));
  return findings;
}

test('nothing is looked at after a problem', async () => {
  const findings = await check([fine('a'), broken('b'), fine('c')], true, 'a fine, b problem, c not-checked');
  expect(findings.map(({ text }) => text)).toEqual(['a is well.', 'b is broken: mend it.', 'b comes first.']);
});

test('in Restricted Mode only what reads is looked at', async () => {
  await check([fine('a', true), broken('b'), fine('c', true)], false, 'a fine, b not-checked, c fine');
});

test('a cancelled diagnosis rejects with the reason', async () => {
  const controller = new AbortController();
  const reason = new Error('cancelled');
  const cancelling: Check = { subject: 'a', onlyReads: false, look: () => Promise.reject(controller.abort(reason)) };
  const options = { trusted: true, signal: controller.signal, onCheck: () => {} };
  await expect(runChecks([cancelling, fine('b')], options)).rejects.toBe(reason);
});

test('the document starts with what is wrong, and names no home folder', () => {
  const findings: Finding[] = [
    { subject: 'JDK', state: 'fine', text: `Java 17 in ${homedir()}/jdk.` },
    { subject: 'Token', state: 'problem', text: 'there is no token: connect.' },
    { subject: 'Base model', state: 'not-checked', text: 'Token comes first.' },
  ];
  expect(diagnosisText(['Bespoke 1.2.3', 'VS Code 1.100.0'], findings)).toBe(
    [
      '# Diagnosis of the connection',
      'One problem: there is no token: connect.',
      '- **JDK**: fine. Java 17 in ~/jdk.\n- **Token**: PROBLEM. There is no token: connect.\n- **Base model**: not checked. Token comes first.',
      'Bespoke 1.2.3, VS Code 1.100.0',
      '',
    ].join('\n\n'),
  );
  expect(diagnosisText([], findings.slice(0, 1))).toContain('Everything is fine.');
  expect(diagnosisText([], findings.slice(2))).toContain('No problem in what could be checked.');
});
