import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HouseStyle } from '../../core/style/house-style.ts';
import { readStyleFile, styleFileName } from '../../core/style/style-file.ts';
import { rulesOf, type StyleRules } from '../../core/style/style-rules.ts';

/** What written tests are scored against: the team's file where there is one, else what its tests show. */
export interface TeamStyle {
  /** `null`: there is neither a usable file nor a test. */
  readonly rules: StyleRules | null;
  readonly isFromFile: boolean;
  /** One sentence, where the file cannot be used: then nothing is scored. */
  readonly problem: string | null;
}

export function readTeamStyle(folder: string, houseStyle: HouseStyle | null): TeamStyle {
  let text: string;
  try {
    text = readFileSync(join(folder, styleFileName), 'utf8');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const problem = isMissing ? null : `${styleFileName} cannot be read: check its permissions.`;
    return { rules: isMissing && houseStyle !== null ? rulesOf(houseStyle) : null, isFromFile: false, problem };
  }
  const reading = readStyleFile(text);
  return 'problem' in reading
    ? { rules: null, isFromFile: true, problem: reading.problem }
    : { rules: reading.rules, isFromFile: true, problem: null };
}
