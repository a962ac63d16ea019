import { homedir } from 'node:os';
import type { Finding } from './finding.ts';

const stateNames: Readonly<Record<Finding['state'], string>> = {
  fine: 'fine',
  problem: 'PROBLEM',
  'not-checked': 'not checked',
};

/** The result of a diagnosis as Markdown, fit for a bug report: it holds no token, no source code and no name of the user. */
export function diagnosisText(software: readonly string[], findings: readonly Finding[]): string {
  const problems = findings.filter(({ state }) => state === 'problem');
  const [first] = problems;
  const headline =
    first === undefined
      ? findings.some(({ state }) => state === 'not-checked')
        ? 'No problem in what could be checked.'
        : 'Everything is fine.'
      : `${problems.length === 1 ? 'One problem' : `${problems.length} problems, the first`}: ${first.text}`;
  const lines = findings.map(({ subject, state, text }) => `- **${subject}**: ${stateNames[state]}. ${sentence(text)}`);
  return ['# Diagnosis of the connection', sentence(headline), lines.join('\n'), `${software.join(', ')}`, '']
    .join('\n\n')
    .replaceAll(homedir(), '~');
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
