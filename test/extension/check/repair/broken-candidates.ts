import type { CheckOutcome } from '../../../../extension/check/check-result.ts';

export interface BrokenCandidate {
  readonly focal: 'Basket' | 'Order' | 'Tally';
  readonly written: string;
  /** After repair. */
  readonly outcome: CheckOutcome;
  /** Part of the text that is shown; a candidate without it is not repaired. */
  readonly repaired?: string;
  readonly changes?: readonly string[];
}

const basket = 'Basket basket = Basket.holding("pear");';
const tally = 'Tally tally = new Tally(); tally.add(7);';

/** What models write that does not compile, or that no framework runs, and what becomes of it. */
export const brokenCandidates: Readonly<Record<string, BrokenCandidate>> = {
  'a checked exception': {
    focal: 'Basket',
    written: '@Test void loads() { assertEquals("a", new Basket().load(new java.io.StringReader("abc"))); }',
    outcome: 'passed',
    repaired: 'void loads() throws IOException {',
    changes: ['added throws IOException'],
  },
  'two checked exceptions, one declared': {
    focal: 'Basket',
    written:
      '@Test void loads() throws InterruptedException { Thread.sleep(1); java.lang.reflect.Method m = Basket.class.getMethod("count"); assertEquals("a", new Basket().load(new StringReader("abc"))); }',
    outcome: 'passed',
    repaired: 'throws InterruptedException, NoSuchMethodException, IOException {',
    changes: ['added throws NoSuchMethodException', 'added throws IOException'],
  },
  'a checked exception in a lambda': {
    focal: 'Basket',
    written:
      '@Test void loads() { Runnable load = () -> new Basket().load(new StringReader("a")); load.run(); assertEquals(0, new Basket().count()); }',
    outcome: 'compile-error',
  },
  'a nested type of another class': {
    focal: 'Basket',
    written: `@Test void state() { ${basket} assertEquals(State.FILLED, basket.state()); }`,
    outcome: 'passed',
    repaired: 'assertEquals(State.FILLED',
    changes: ['imported shop.Order.State'],
  },
  'a nested type with a namesake in another module': {
    focal: 'Basket',
    written: `@Test void inside() { ${basket} assertEquals(new Inside().one(), basket.count()); }`,
    outcome: 'passed',
    repaired: 'new Inside()',
    changes: ['removed the import of old.Inside', 'imported shop.right.Outer.Inside'],
  },
  'a type that two classes have': {
    focal: 'Basket',
    written: `@Test void inside() { ${basket} new Twin(); assertEquals(1, basket.count()); }`,
    outcome: 'compile-error',
  },
  'a type of the JDK that few programs use': {
    focal: 'Basket',
    written: `@Test void sums() { ${basket} assertEquals(0, new CRC32().getValue()); assertEquals(1, basket.count()); }`,
    outcome: 'passed',
    repaired: 'new CRC32()',
    changes: ['imported java.util.zip.CRC32'],
  },
  'a static method of the focal class': {
    focal: 'Basket',
    written: '@Test void holds() { assertEquals(2, holding("a", "b").count()); }',
    outcome: 'passed',
    repaired: 'holding("a", "b").count()',
    changes: ['imported shop.Basket.holding'],
  },
  'a constant of the focal class': {
    focal: 'Basket',
    written: '@Test void most() { assertTrue(MOST > new Basket().count()); }',
    outcome: 'passed',
    repaired: 'MOST > new Basket()',
    changes: ['imported shop.Basket.MOST'],
  },
  'a name that nothing declares': {
    focal: 'Basket',
    written: '@Test void unknown() { assertEquals(1, basketOf("a").count()); }',
    outcome: 'compile-error',
  },
  'a message in front': {
    focal: 'Basket',
    written: `@Test void filled() { ${basket} assertFalse("it is empty", basket.count() == 0); }`,
    outcome: 'passed',
    repaired: 'assertFalse(basket.count() == 0, "it is empty");',
    changes: ['moved the message of assertFalse to the end'],
  },
  'a message in front of two values': {
    focal: 'Basket',
    written: `@Test void counts() { ${basket} assertEquals("items of " + basket.names(), 1, basket.count()); }`,
    outcome: 'passed',
    repaired: 'assertEquals(1, basket.count(), "items of " + basket.names());',
    changes: ['moved the message of assertEquals to the end'],
  },
  'a message in front, and what it checks is wrong': {
    focal: 'Basket',
    written: `@Test void counts() { ${basket} assertEquals("count", 2, basket.count()); }`,
    outcome: 'assertion-failure',
    repaired: 'assertEquals(2, basket.count(), "count");',
    changes: ['moved the message of assertEquals to the end'],
  },
  'an expected exception': {
    focal: 'Basket',
    written: `@Test(expected = IllegalStateException.class)
void full() {
  Basket basket = Basket.holding("a", "b", "c");
  basket.add("d");
}`,
    outcome: 'passed',
    repaired: 'assertThrows(IllegalStateException.class, () -> basket.add("d"));',
    changes: ['wrote assertThrows instead of an element of @Test'],
  },
  'an expected exception in a loop': {
    focal: 'Basket',
    written: `@Test(expected = IllegalStateException.class)
void full() {
  Basket basket = new Basket();
  for (int i = 0; i < 9; i++) {
    basket.add("d");
  }
}`,
    outcome: 'passed',
    repaired: `assertThrows(IllegalStateException.class, () -> {
    for (int i = 0; i < 9; i++) {
      basket.add("d");
    }
  });`,
    changes: ['wrote assertThrows instead of an element of @Test'],
  },
  'an expected exception and a time limit': {
    focal: 'Basket',
    written:
      '@Test(expected = IllegalStateException.class, timeout = 5000) void full() { Basket basket = Basket.holding("a", "b", "c"); basket.add("d"); }',
    outcome: 'passed',
    repaired: '@Timeout(value = 5000, unit = TimeUnit.MILLISECONDS)',
    changes: ['wrote assertThrows instead of an element of @Test', 'wrote @Timeout instead of an element of @Test'],
  },
  'an expected exception that does not come': {
    focal: 'Basket',
    written:
      '@Test(expected = IllegalStateException.class) void full() { Basket basket = new Basket(); basket.add("d"); }',
    outcome: 'assertion-failure',
    repaired: 'assertThrows(',
    changes: ['wrote assertThrows instead of an element of @Test'],
  },
  'no annotation': {
    focal: 'Basket',
    written: `void counts() { ${basket} assertEquals(1, basket.count()); }`,
    outcome: 'passed',
    repaired: '@Test\nvoid counts()',
    changes: ['added @Test'],
  },
  'a private test': {
    focal: 'Basket',
    written: `@Test private void counts() { ${basket} assertEquals(1, basket.count()); }`,
    outcome: 'passed',
    repaired: '@Test void counts()',
    changes: ['removed private'],
  },
  'a static test': {
    focal: 'Basket',
    written: '@Test static void counts() { assertEquals(1, filled().count()); }',
    outcome: 'passed',
    repaired: '@Test void counts()',
    changes: ['removed static'],
  },
  'a test with a result': {
    focal: 'Basket',
    written: `@Test int counts() { ${basket} assertEquals(1, basket.count()); }`,
    outcome: 'passed',
    repaired: '@Test void counts()',
    changes: ['made it void'],
  },
  'a test that overrides nothing': {
    focal: 'Basket',
    written: `@Override @Test void counts() { ${basket} assertEquals(1, basket.count()); }`,
    outcome: 'passed',
    repaired: '@Test void counts()',
    changes: ['removed @Override'],
  },
  'two annotations': {
    focal: 'Basket',
    written: `@Test @Test void counts() { ${basket} assertEquals(1, basket.count()); }`,
    outcome: 'passed',
    repaired: '@Test void counts()',
    changes: ['removed a second @Test'],
  },
  'a name that a class of the JDK has': {
    focal: 'Basket',
    written: `@Test void notify() { ${basket} assertEquals(1, basket.count()); }`,
    outcome: 'passed',
    repaired: '@Test void notify2()',
    changes: ['named it notify2'],
  },
  'a variable declared twice': {
    focal: 'Basket',
    written: `@Test void counts() { ${basket} assertEquals(1, basket.count()); Basket basket = new Basket(); assertEquals(0, basket.count()); }`,
    outcome: 'passed',
    repaired: '; basket = new Basket();',
    changes: ['assigned basket instead of declaring it twice'],
  },
  'a variable declared twice with two types': {
    focal: 'Basket',
    written: `@Test void counts() { ${basket} Order basket = new Order(); assertEquals(0, basket.count()); }`,
    outcome: 'compile-error',
  },
  'a mock declared twice': {
    focal: 'Basket',
    written: `@Test void mocks() { Order order = mock(Order.class); Order order = mock(Order.class); ${basket} assertEquals(1, basket.count()); }`,
    outcome: 'passed',
    repaired: 'void mocks() { Order order = mock(Order.class); Basket',
    changes: ['removed the unused mock order'],
  },
  'an unused mock of a type that nobody knows': {
    focal: 'Basket',
    written: `@Test
void mocks() {
  Clerk clerk = mock(Clerk.class);
  ${basket}
  assertEquals(1, basket.count());
}`,
    outcome: 'passed',
    repaired: 'void mocks() {\n  Basket basket',
    changes: ['removed the unused mock clerk'],
  },
  'an unused mock of a type of another module': {
    focal: 'Basket',
    written: `@Test void mocks() { Tally tally = mock(Tally.class); ${basket} assertEquals(1, basket.count()); }`,
    outcome: 'passed',
    repaired: 'void mocks() { Basket basket',
    changes: ['removed the import of old.Tally', 'removed the unused mock tally'],
  },
  'a local variable of the wrong type': {
    focal: 'Basket',
    written: `@Test void counts() { ${basket} String actual = basket.count(); assertEquals(1, actual); }`,
    outcome: 'passed',
    repaired: 'var actual = basket.count();',
    changes: ['wrote var instead of String'],
  },
  'a wrong type that the assertion shares': {
    focal: 'Basket',
    written: `@Test void counts() { ${basket} String actual = basket.count(); assertEquals("1", actual); }`,
    outcome: 'assertion-failure',
    repaired: 'var actual = basket.count();',
    changes: ['wrote var instead of String'],
  },
  'a loop of the wrong type': {
    focal: 'Basket',
    written: `@Test void names() { ${basket} for (int name : basket.names()) { assertEquals("pear", name); } }`,
    outcome: 'passed',
    repaired: 'for (var name : basket.names())',
    changes: ['wrote var instead of int'],
  },
  'an int for a Long': {
    focal: 'Basket',
    written:
      '@Test void weighs() { Basket basket = new Basket(); basket.setWeight(250); assertEquals(1, basket.count()); }',
    outcome: 'passed',
    repaired: 'basket.setWeight(250L);',
    changes: ['wrote 250L instead of 250'],
  },
  'a double for a BigDecimal': {
    focal: 'Basket',
    written:
      '@Test void costs() { Basket basket = new Basket(); basket.setPrice(1.50); assertEquals("1.50", basket.price().toPlainString()); assertEquals(0, basket.count()); }',
    outcome: 'passed',
    repaired: 'basket.setPrice(new BigDecimal("1.50"));',
    changes: ['wrote new BigDecimal("1.50") instead of 1.50'],
  },
  'a list of ints': {
    focal: 'Basket',
    written: `@Test void lists() { ${basket} java.util.List<int> counts = java.util.List.of(basket.count()); assertEquals(1, counts.get(0)); }`,
    outcome: 'passed',
    repaired: 'java.util.List<Integer> counts',
    changes: ['wrote Integer instead of int'],
  },
  'many defects at once': {
    focal: 'Basket',
    written: `@Test(expected = IOException.class) private static int loads() { String count = filled().count(); assertTrue("count", count > 0); assertEquals(State.OPEN, new Basket().state()); new Basket().load(new StringReader("")); }`,
    outcome: 'passed',
    repaired: '@Test void loads()',
    changes: [
      'wrote assertThrows instead of an element of @Test',
      'removed static',
      'wrote var instead of String',
      'imported shop.Order.State',
      'removed private',
      'made it void',
      'moved the message of assertTrue to the end',
    ],
  },
  'a test in a file of its own': {
    focal: 'Order',
    written:
      '@Test void lines() { String lines = new Order().lines(); assertEquals("lines", 0, lines); assertEquals(-1, new StringReader("").read()); assertEquals(State.OPEN, new Basket().state()); }',
    outcome: 'passed',
    repaired: 'void lines() throws IOException { var lines',
    changes: [
      'wrote var instead of String',
      'moved the message of assertEquals to the end',
      'added throws IOException',
    ],
  },
  'a method called on its class': {
    focal: 'Basket',
    written: '@Test void counts() { assertEquals(0, Basket.count()); }',
    outcome: 'compile-error',
  },
  'a constructor that does not exist': {
    focal: 'Basket',
    written: '@Test void counts() { assertEquals(1, new Basket("pear").count()); }',
    outcome: 'compile-error',
  },
  'a cast that is missing': {
    focal: 'Basket',
    written: `@Test void names() { ${basket} basket.add((Object) "plum"); assertEquals(2, basket.count()); }`,
    outcome: 'compile-error',
  },
  'a message at the end, in JUnit 4': {
    focal: 'Tally',
    written: `@Test public void keeps() { ${tally} assertEquals(1, tally.items().size(), "size"); }`,
    outcome: 'passed',
    repaired: 'assertEquals("size", 1, tally.items().size());',
    changes: ['moved the message of assertEquals to the front'],
  },
  'a message that is made when it is needed, in JUnit 4': {
    focal: 'Tally',
    written: `@Test public void keeps() { ${tally} assertTrue(tally.last() == 7, () -> "last is " + tally.last()); }`,
    outcome: 'passed',
    repaired: 'assertTrue("last is " + tally.last(), tally.last() == 7);',
    changes: ['moved the message of assertTrue to the front'],
  },
  'an ambiguous assertion, in JUnit 4': {
    focal: 'Tally',
    written: `@Test public void last() { ${tally} assertEquals(7, tally.last()); }`,
    outcome: 'passed',
    repaired: 'assertEquals(7, tally.last().longValue());',
    changes: ['added longValue() to an ambiguous assertEquals'],
  },
  'an expected exception in the words of TestNG, in JUnit 4': {
    focal: 'Tally',
    written:
      '@Test(expectedExceptions = IllegalArgumentException.class) public void negative() { new Tally().add(-1); }',
    outcome: 'passed',
    repaired: '@Test(expected = IllegalArgumentException.class)',
    changes: ['wrote expected instead of expectedExceptions'],
  },
  'matchers without their imports, in JUnit 4': {
    focal: 'Tally',
    written: `@Test public void last() { ${tally} assertThat(tally.last(), is(7)); }`,
    outcome: 'passed',
    repaired: 'assertThat(tally.last(), is(7));',
    changes: ['imported org.hamcrest.CoreMatchers.is', 'imported org.hamcrest.MatcherAssert.assertThat'],
  },
  'a static test, in JUnit 4': {
    focal: 'Tally',
    written: `@Test public static void keeps() { ${tally} assertEquals(1, tally.items().size()); }`,
    outcome: 'passed',
    repaired: '@Test public void keeps()',
    changes: ['removed static'],
  },
  'no annotation, in JUnit 4': {
    focal: 'Tally',
    written: `void keeps() { ${tally} assertEquals(1, tally.items().size()); }`,
    outcome: 'passed',
    repaired: '@Test\npublic void keeps()',
    changes: ['added @Test'],
  },
  'a local variable of the wrong type, in Java 8': {
    focal: 'Tally',
    written: `@Test public void keeps() { ${tally} String items = tally.items(); assertEquals(1, items.size()); }`,
    outcome: 'passed',
    repaired: 'List<Integer> items = tally.items();',
    changes: ['wrote List<Integer> instead of String'],
  },
};
