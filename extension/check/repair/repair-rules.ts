import { ambiguousEquals } from './ambiguous-equals.ts';
import { assertionClass } from './assertion-class.ts';
import { boxTypeArgument } from './box-type-argument.ts';
import type { RepairRule } from './broken-test.ts';
import { declareException } from './declare-exception.ts';
import { declaredTwice } from './declared-twice.ts';
import { dropAnnotation } from './drop-annotation.ts';
import { dropImport } from './drop-import.ts';
import { fitTestMethod } from './fit-test-method.ts';
import { freeMethodName } from './free-method-name.ts';
import { importName } from './import-name.ts';
import { literalOfType } from './literal-of-type.ts';
import { messagePosition } from './message-position.ts';
import { plainAssertion } from './plain-assertion.ts';
import { testAnnotation } from './test-annotation.ts';
import { typeInsteadOfVar } from './type-instead-of-var.ts';
import { typeOfVariable } from './type-of-variable.ts';
import { unusedMock } from './unused-mock.ts';

/** In the order in which they are asked; the first that knows the defect repairs it. */
export const repairRules: readonly RepairRule[] = [
  dropImport,
  unusedMock,
  // Before the import: a library may have a type of that name that is something else.
  assertionClass,
  importName,
  plainAssertion,
  dropAnnotation,
  typeInsteadOfVar,
  declareException,
  testAnnotation,
  fitTestMethod,
  freeMethodName,
  declaredTwice,
  messagePosition,
  ambiguousEquals,
  boxTypeArgument,
  literalOfType,
  typeOfVariable,
];
