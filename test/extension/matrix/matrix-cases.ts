import { candidateCases } from './candidate-cases.ts';
import { frameworkCases } from './framework-cases.ts';
import { gradleCases } from './gradle-cases.ts';
import { houseStyleCases } from './house-style-cases.ts';
import { javaVersionCases } from './java-version-cases.ts';
import type { MatrixCase } from './matrix-case.ts';
import { plainCases } from './plain-cases.ts';

/** All cases, in the order of the table in docs/matrix.md. */
export const matrixCases: Readonly<Record<string, MatrixCase>> = {
  ...frameworkCases,
  ...houseStyleCases,
  ...gradleCases,
  ...plainCases,
  ...javaVersionCases,
  ...candidateCases,
};
