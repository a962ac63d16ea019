import { expect, it } from 'vitest';
import { namingPatternOf } from '../../../core/style/test-naming.ts';

function check(name: string, focal: string, pattern: string): void {
  expect(namingPatternOf(name, focal)).toBe(pattern);
}

it.each([
  ['weight_whenEmpty_thenIsZero', 'weight', 'method_when…_then…'],
  ['givenAParcel_whenWeighed_thenItIsHeavy', 'weigh', 'given…_when…_then…'],
  ['whenEmptyThenIsZero', 'size', 'when…_then…'],
  ['size_shouldBeZero_whenEmpty', 'size', 'method_should…_when…'],
  ['size_shouldBeZero', 'size', 'method_should…'],
  ['shouldBeEmpty', 'size', 'should…'],
  ['should_be_empty', 'size', 'should_snake_case'],
  ['testSize', 'size', 'test…'],
  ['test', 'size', 'test…'],
  ['testimonialsAreKept', 'keep', 'camelCase'],
  ['test_size', 'size', 'test_method…'],
  ['size_of_an_empty_list_is_zero', 'size', 'snake_case_sentence'],
  ['size_emptyList_isZero', 'size', 'method_state_expectation'],
  ['size_empty', 'size', 'method_condition'],
  ['size', 'size', 'method'],
  ['sizeOfEmptyIsZero', 'size', 'methodSays…'],
  ['emptyListHasNoItems', 'size', 'camelCase'],
])('%s is %s', (name, focal, pattern) => check(name, focal, pattern));
