import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readStyleFile, styleFileSchema, styleFileText } from '../../../core/style/style-file.ts';

const rules = {
  framework: ['JUnit 5'],
  naming: ['method_condition', 'camelCase'],
  fixtures: ['builders (`.build()`)', 'object under test called `subject`'],
  'base-class': ['ShopTestCase'],
};

it('is read as it was written', () => {
  expect(readStyleFile(styleFileText(rules))).toEqual({ rules });
  expect(Object.keys(JSON.parse(styleFileText({ naming: ['camelCase'], framework: ['JUnit 4'] })))).toEqual([
    'framework',
    'naming',
  ]);
  expect(readStyleFile('{"$schema": "x"}')).toEqual({ rules: {} });
});

it.each([
  ['{', 'it is not JSON ('],
  ['[]', 'it must be one JSON object'],
  ['null', 'it must be one JSON object'],
  ['{"nameing": []}', 'there is no trait "nameing": there are framework, assertions, mocks, naming,'],
  ['{"naming": "camelCase"}', '"naming" must be a list of texts'],
  ['{"naming": [3]}', '"naming" must be a list of texts'],
  ['{"naming": ["CamelCase"]}', '"naming" cannot be "CamelCase": it can be "given…_when…_then…", '],
  ['{"fixtures": ["builder"]}', '"fixtures" cannot be "builder": it can be "set-up method", "builders (`.build()`)", '],
  ['{"base-class": ["a b"]}', '"base-class" cannot be "a b"'],
])('%s is refused with one sentence', (text, because) => {
  const reading = readStyleFile(text);
  const problem = 'problem' in reading ? reading.problem : 'read';
  expect(problem).toContain(`bespoke-house-style.json cannot be used because ${because}`);
  expect(problem).toMatch(/: correct it, or save the house style anew\.$/);
});

it('has the schema that the extension contributes', () => {
  const file = join(import.meta.dirname, '../../../media/house-style.schema.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(styleFileSchema())));
});
