import type { ReportScores, StyleReportModel } from '../../../extension/report/style-report-model.ts';

const teamTest = `@Test
void street_whenLineHasANumber_thenReturnsTheTextBefore() {
    // given
    var subject = new AddressLine("Mill Lane 12");

    // when
    var actual = subject.street();

    // then
    assertThat(actual).as("street").isEqualTo("Mill Lane");
}`;

const baseTest = `@Test
public void testStreet() {
    AddressLine addressLine = new AddressLine("Mill Lane 12");
    assertEquals("Mill Lane", addressLine.street());
}`;

const scores = (bleu4: number, perplexity: number, rates: readonly [number, number, number, number]): ReportScores => ({
  bleu4,
  perplexity,
  parseRate: rates[0],
  compileRate: rates[1],
  passRate: rates[2],
  usefulRate: rates[3],
});

/** Made-up figures in the shape that a personalization gives them: for looking at the page and for its tests. */
export const exampleReport: StyleReportModel = {
  repository: {
    name: 'wayside',
    commit: '273a092c1d2e3f405162738495a6b7c8d9e0f101',
    createdMs: Date.UTC(2026, 10, 21, 11, 5),
  },
  similarity: {
    base: Array.from({ length: 48 }, (_, at) =>
      Math.min(0.95, Math.max(0.02, 0.41 + 0.19 * Math.sin(at * 12.9898) + 0.09 * Math.cos(at * 3.1))),
    ),
    personalized: Array.from({ length: 48 }, (_, at) =>
      Math.min(0.99, Math.max(0.05, 0.78 + 0.12 * Math.sin(at * 78.233) + 0.06 * Math.cos(at * 1.7))),
    ),
  },
  teamRules: { mocks: ['Mockito, given / then', 'EasyMock'], framework: ['JUnit 5'] },
  houseStyle: {
    tests: 284,
    testClasses: 41,
    traits: [
      trait('framework', 'test-class', [
        ['JUnit 5', 35],
        ['JUnit 4', 6],
      ]),
      trait('assertions', 'test-class', [
        ['AssertJ', 35],
        ['the framework’s own', 6],
      ]),
      trait('mocks', 'test-class', [['Mockito, given / then', 8]]),
      trait('naming', 'test', [['method_when…_then…', 284]]),
      trait('structure', 'test', [
        ['// given, // when, // then', 276],
        ['blank lines between steps', 8],
      ]),
      trait('assertions-per-test', 'test', [
        ['one', 231],
        ['two or three', 53],
      ]),
      trait('fixtures', 'test', [
        ['object under test called `subject`', 240],
        ['builders (`.build()`)', 71],
        ['fixture methods (`aFoo()`)', 64],
      ]),
      trait('base-class', 'test-class', [['GatewayTestCase', 8]]),
      trait('length', 'test', [
        ['11 to 20 lines', 250],
        ['6 to 10 lines', 34],
      ]),
    ],
  },
  proof: [
    {
      split: 'by-pair',
      heldOutPairs: 48,
      base: scores(41.2, 2.31, [0.96, 0.54, 0.33, 0.27]),
      personalized: scores(58.7, 1.62, [1, 0.88, 0.52, 0.48]),
      nearestCopy: scores(50.3, 1, [1, 0.7, 0.1, 0]),
      nearestRename: scores(51.6, 1, [1, 0.71, 0.19, 0.15]),
      bleu4Gain: { estimate: 17.5, low: 11.9, high: 22.8 },
      lossDrop: { estimate: 0.355, low: 0.291, high: 0.42 },
    },
    {
      split: 'by-focal-class',
      heldOutPairs: 41,
      base: scores(36.4, 2.62, [0.95, 0.49, 0.37, 0.24]),
      personalized: scores(47.9, 1.94, [1, 0.83, 0.34, 0.41]),
      nearestCopy: null,
      nearestRename: null,
      bleu4Gain: { estimate: 11.5, low: 6.2, high: 16.4 },
      lossDrop: null,
    },
  ],
  samples: [
    {
      focalClass: 'AddressLine',
      focalMethod: 'street',
      focalFile: 'text/src/main/java/example/wayside/text/AddressLine.java',
      focalSource:
        'public String street() {\n    int split = numberStart();\n    return split < 0 ? line : line.substring(0, split).trim();\n}',
      testFile: 'text/src/test/java/example/wayside/text/AddressLineTest.java',
      teamTest,
      base: {
        source: baseTest,
        verdict: 'parses',
        reason: 'It does not compile: line 13: cannot find symbol method assertEquals(String,String)',
      },
      personalized: {
        source: teamTest.replace('Mill Lane 12"', 'Old Road 7"').replace('"Mill Lane"', '"Old Road"'),
        verdict: 'useful',
        reason: '',
      },
    },
    {
      focalClass: 'Barcode',
      focalMethod: 'isValid',
      focalFile: 'legacy/src/main/java/example/wayside/legacy/Barcode.java',
      focalSource: 'public boolean isValid() { return digits.length() > 1 && checkDigit() == last(); }',
      testFile: 'legacy/src/test/java/example/wayside/legacy/BarcodeTest.java',
      teamTest: teamTest.replaceAll('street', 'isValid'),
      base: {
        source: '@Test void <script>alert("no")</script>',
        verdict: 'broken',
        reason: 'Syntax error in line 1: it is not Java.',
      },
      personalized: {
        source: teamTest.replaceAll('street', 'isValid'),
        verdict: 'compiles',
        reason: 'An assertion failed: either the expectation is wrong or the code has a bug.',
      },
    },
  ],
  training: {
    steps: Array.from({ length: 120 }, (_, at) => ({
      step: at + 1,
      epoch: (at + 1) / 30,
      loss: 0.5 + 0.5 * Math.exp(-at / 30) + 0.08 * Math.sin(at * 7),
    })),
    validation: Array.from({ length: 9 }, (_, at) => ({
      step: at * 15,
      epoch: at / 2,
      validationLoss: 0.55 + 0.36 * Math.exp(-at / 2) + (at > 6 ? 0.02 * (at - 6) : 0),
      petaflopSeconds: at * 0.0021,
    })),
    blockChanges: ['embeddings', ...Array.from({ length: 30 }, (_, at) => `decoder.${at}`), 'output'].map(
      (block, at) => ({ block, meanAbsoluteChange: 1e-4 + at * at * 2.4e-7 }),
    ),
  },
  mining: {
    pairs: 284,
    testMethods: 301,
    modules: [
      { name: 'domain', pairs: 104 },
      { name: 'text', pairs: 77 },
      { name: 'gateway', pairs: 58 },
      { name: 'legacy', pairs: 45 },
    ],
    leftOut: [
      { reason: 'calls no method of the focal class', testMethods: 11 },
      { reason: 'no focal class was found', testMethods: 6 },
    ],
    untested: Array.from({ length: 50 }, (_, at) => ({
      focalClass: ['Depot', 'Van', 'Tariff'][at % 3] ?? '',
      focalMethod: `untested${at}`,
      file: 'domain/src/main/java/example/wayside/domain/depot/Depot.java',
      line: at + 10,
    })),
    untestedTotal: 63,
  },
  model: {
    baseModel: 'smollm2-135m-tests',
    baseParameters: 134_515_008,
    strategy: 'last-decoder-block',
    trainedParameters: 3_540_096,
    adapterBytes: 7_081_216,
    commit: '273a092c1d2e3f405162738495a6b7c8d9e0f101',
    trainedMs: Date.UTC(2026, 10, 21, 11, 1),
    trainingSeconds: 164,
    active: true,
    drift: 0.03,
  },
};

type HouseStyle = NonNullable<StyleReportModel['houseStyle']>;
type Trait = HouseStyle['traits'][number];

function trait(name: Trait['name'], unit: Trait['unit'], habits: readonly (readonly [string, number])[]): Trait {
  const total = unit === 'test' ? 284 : 41;
  const evidence = [
    {
      file: 'text/src/test/java/example/wayside/text/AddressLineTest.java',
      testClass: 'AddressLineTest',
      testMethod: unit === 'test' ? 'street_whenLineHasANumber_thenReturnsTheTextBefore' : null,
    },
    {
      file: 'text/src/test/java/example/wayside/text/CsvLineTest.java',
      testClass: 'CsvLineTest',
      testMethod: unit === 'test' ? 'fields_whenEmpty_thenReturnsOne' : null,
    },
  ];
  return {
    name,
    unit,
    habits: habits.map(([habit, count]) => ({ name: habit, count, share: count / total, evidence })),
  };
}

/** Before the first personalization, in a workspace without tests. */
export const emptyReport: StyleReportModel = {
  repository: { name: 'new & empty', commit: null, createdMs: 0 },
  similarity: null,
  houseStyle: null,
  teamRules: null,
  proof: [],
  samples: [],
  training: null,
  mining: { pairs: 0, testMethods: 0, modules: [], leftOut: [], untested: [], untestedTotal: 0 },
  model: null,
};
