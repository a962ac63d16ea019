import type { TestLibraries } from './test-libraries.ts';

const jdkPackages: Readonly<Record<string, string>> = {
  'java.io':
    'BufferedReader BufferedWriter ByteArrayInputStream ByteArrayOutputStream Closeable DataInputStream DataOutputStream EOFException File FileInputStream FileNotFoundException FileOutputStream FileReader FileWriter InputStream InputStreamReader IOException ObjectInputStream ObjectOutputStream OutputStream OutputStreamWriter PrintStream PrintWriter Reader Serializable StringReader StringWriter UncheckedIOException Writer',
  'java.lang.reflect': 'Constructor Field InvocationTargetException Method Modifier ParameterizedType',
  'java.math': 'BigDecimal BigInteger MathContext RoundingMode',
  'java.net': 'InetAddress InetSocketAddress MalformedURLException URI URISyntaxException URL UnknownHostException',
  'java.nio': 'ByteBuffer CharBuffer',
  'java.nio.charset': 'Charset StandardCharsets',
  'java.nio.file': 'Files NoSuchFileException Path Paths',
  'java.text': 'DateFormat DecimalFormat NumberFormat ParseException SimpleDateFormat',
  'java.time':
    'Clock DateTimeException DayOfWeek Duration Instant LocalDate LocalDateTime LocalTime Month OffsetDateTime Period Year YearMonth ZoneId ZoneOffset ZonedDateTime',
  'java.time.format': 'DateTimeFormatter DateTimeParseException',
  'java.time.temporal': 'ChronoUnit Temporal TemporalUnit',
  'java.util':
    'ArrayDeque ArrayList Arrays Base64 BitSet Calendar Collection Collections Comparator ConcurrentModificationException Currency Date Deque EnumMap EnumSet Enumeration GregorianCalendar HashMap HashSet IdentityHashMap Iterator LinkedHashMap LinkedHashSet LinkedList List ListIterator Locale Map NavigableMap NavigableSet NoSuchElementException Objects Optional OptionalDouble OptionalInt OptionalLong PriorityQueue Properties Queue Random ResourceBundle Scanner ServiceLoader Set SortedMap SortedSet Spliterator StringJoiner StringTokenizer TimeZone TreeMap TreeSet UUID Vector',
  'java.util.concurrent':
    'Callable CompletableFuture ConcurrentHashMap ConcurrentLinkedQueue ConcurrentMap CopyOnWriteArrayList CountDownLatch CyclicBarrier ExecutionException Executor ExecutorService Executors Future LinkedBlockingQueue ScheduledExecutorService Semaphore ThreadLocalRandom TimeUnit TimeoutException',
  'java.util.concurrent.atomic': 'AtomicBoolean AtomicInteger AtomicLong AtomicReference LongAdder',
  'java.util.function':
    'BiConsumer BiFunction BinaryOperator BooleanSupplier Consumer Function IntFunction IntPredicate IntSupplier IntUnaryOperator Predicate Supplier ToIntFunction ToLongFunction UnaryOperator',
  'java.util.regex': 'Matcher Pattern PatternSyntaxException',
  'java.util.stream': 'Collectors DoubleStream IntStream LongStream Stream StreamSupport',
};

const javaLang = new Set(
  'Appendable AutoCloseable Boolean Byte CharSequence Character Class ClassLoader Cloneable Comparable Deprecated Double Enum Error Exception Float FunctionalInterface Integer InterruptedException Iterable Long Math Number Object Override Process Record Runnable Runtime RuntimeException SafeVarargs Short StackTraceElement StrictMath String StringBuffer StringBuilder SuppressWarnings System Thread ThreadLocal Throwable Void ArithmeticException ArrayIndexOutOfBoundsException ArrayStoreException AssertionError ClassCastException ClassNotFoundException CloneNotSupportedException IllegalAccessException IllegalArgumentException IllegalMonitorStateException IllegalStateException IndexOutOfBoundsException InstantiationException LinkageError NegativeArraySizeException NoSuchFieldException NoSuchMethodException NullPointerException NumberFormatException OutOfMemoryError ReflectiveOperationException SecurityException StackOverflowError StringIndexOutOfBoundsException UnsupportedOperationException'.split(
    ' ',
  ),
);

const jdkTypes = new Map(
  Object.entries(jdkPackages).flatMap(([name, types]) =>
    types.split(' ').map((type) => [type, `${name}.${type}`] as const),
  ),
);

export function isJavaLang(type: string): boolean {
  return javaLang.has(type);
}

/** Qualified name of a type that most Java programs mean by this simple name. */
export function jdkType(type: string): string | null {
  return jdkTypes.get(type) ?? null;
}

const junit5Types: Readonly<Record<string, string>> = {
  'org.junit.jupiter.api':
    'AfterAll AfterEach Assertions Assumptions BeforeAll BeforeEach Disabled DisplayName DynamicTest Nested RepeatedTest Tag Test TestFactory TestInfo TestInstance Timeout',
  'org.junit.jupiter.api.extension': 'ExtendWith RegisterExtension',
  'org.junit.jupiter.api.io': 'TempDir',
  'org.junit.jupiter.params': 'ParameterizedTest',
  'org.junit.jupiter.params.provider':
    'Arguments CsvSource EnumSource MethodSource NullAndEmptySource NullSource ValueSource',
};
const junit4Types: Readonly<Record<string, string>> = {
  'org.junit': 'After AfterClass Assert Assume Before BeforeClass Ignore Rule Test',
  'org.junit.rules': 'ExpectedException TemporaryFolder Timeout',
  'org.junit.runner': 'RunWith',
};
const testngTypes: Readonly<Record<string, string>> = {
  'org.testng': 'Assert',
  'org.testng.annotations': 'AfterMethod BeforeMethod DataProvider Test',
};
const mockitoTypes: Readonly<Record<string, string>> = {
  'org.mockito': 'ArgumentCaptor ArgumentMatchers BDDMockito Captor InOrder InjectMocks Mock Mockito Spy',
};
const assertjTypes: Readonly<Record<string, string>> = { 'org.assertj.core.api': 'Assertions SoftAssertions' };

const junitAssertions =
  'assertAll assertArrayEquals assertDoesNotThrow assertEquals assertFalse assertInstanceOf assertIterableEquals assertLinesMatch assertNotEquals assertNotNull assertNotSame assertNull assertSame assertThrows assertThrowsExactly assertTimeout assertTrue fail';
const junit4Assertions =
  'assertArrayEquals assertEquals assertFalse assertNotEquals assertNotNull assertNotSame assertNull assertSame assertThrows assertTrue fail';
const statics: Readonly<Record<string, string>> = {
  'org.junit.jupiter.api.Assertions': junitAssertions,
  'org.junit.jupiter.api.Assumptions': 'assumeFalse assumeTrue',
  'org.junit.Assert': junit4Assertions,
  'org.junit.Assume': 'assumeFalse assumeNotNull assumeTrue',
  'org.testng.Assert':
    'assertEquals assertFalse assertNotEquals assertNotNull assertNull assertSame assertThrows assertTrue expectThrows fail',
  'org.assertj.core.api.Assertions':
    'assertThat assertThatCode assertThatExceptionOfType assertThatIllegalArgumentException assertThatIllegalStateException assertThatNoException assertThatNullPointerException assertThatThrownBy catchThrowable catchThrowableOfType entry fail tuple within',
  'com.google.common.truth.Truth': 'assertThat assertWithMessage',
  'org.hamcrest.MatcherAssert': 'assertThat',
  // What JUnit 4 alone brings of Hamcrest.
  'org.hamcrest.CoreMatchers':
    'allOf anyOf both containsString either endsWith equalTo everyItem hasItem hasItems instanceOf is isA not notNullValue nullValue sameInstance startsWith',
  'org.hamcrest.Matchers':
    'allOf anyOf closeTo contains containsInAnyOrder containsString empty emptyString endsWith equalTo everyItem greaterThan greaterThanOrEqualTo hasEntry hasItem hasItems hasKey hasProperty hasSize hasToString instanceOf is isA lessThan lessThanOrEqualTo not notNullValue nullValue sameInstance startsWith',
  'org.mockito.BDDMockito': 'given then willAnswer willDoNothing willReturn willThrow',
  'org.mockito.Mockito':
    'atLeast atLeastOnce atMost doAnswer doNothing doReturn doThrow inOrder lenient mock mockStatic never reset spy times verify verifyNoInteractions verifyNoMoreInteractions when',
  'org.mockito.ArgumentMatchers':
    'any anyBoolean anyDouble anyInt anyList anyLong anyMap anySet anyString argThat eq isNull notNull same',
  'java.nio.charset.StandardCharsets': 'ISO_8859_1 US_ASCII UTF_16 UTF_8',
  'java.util.stream.Collectors': 'groupingBy joining toList toMap toSet',
  'java.util.concurrent.TimeUnit': 'DAYS HOURS MICROSECONDS MILLISECONDS MINUTES NANOSECONDS SECONDS',
};
/** Types whose static members are called without a qualifier. */
export const staticOwners: readonly string[] = Object.keys(statics);
const staticMembers = new Map(Object.entries(statics).map(([type, members]) => [type, new Set(members.split(' '))]));

/** Whether `import packageName.*` brings this type, as far as the package is known here. */
export function packageHas(packageName: string, type: string): boolean {
  if (jdkTypes.get(type) === `${packageName}.${type}`) return true;
  return [junit5Types, junit4Types, testngTypes, mockitoTypes, assertjTypes].some((group) =>
    (group[packageName] ?? '').split(' ').includes(type),
  );
}

/** Qualified name of a type of the module's own test libraries. */
export function testLibraryType(type: string, libraries: TestLibraries): string | null {
  const framework: Readonly<Record<string, string>> = {
    junit5: junit5Types,
    junit4: junit4Types,
    testng: testngTypes,
    junit3: {},
  }[libraries.framework];
  const groups: Readonly<Record<string, string>>[] = [
    framework,
    ...(libraries.mocks === 'mockito' ? [mockitoTypes] : []),
    // JUnit's own `Assertions` comes first unless the module asserts with AssertJ.
    ...(libraries.assertions === 'assertj' ? [assertjTypes] : []),
  ];
  for (const group of libraries.assertions === 'assertj' ? groups.reverse() : groups) {
    for (const [packageName, types] of Object.entries(group))
      if (types.split(' ').includes(type)) return `${packageName}.${type}`;
  }
  return null;
}

/** Qualified name of a static member of the module's own test libraries or of the JDK, for instance of `assertThat`. */
export function knownStatic(member: string, libraries: TestLibraries): string | null {
  const framework = {
    junit5: ['org.junit.jupiter.api.Assertions', 'org.junit.jupiter.api.Assumptions'],
    junit4: ['org.junit.Assert', 'org.junit.Assume'],
    testng: ['org.testng.Assert'],
    junit3: [],
  }[libraries.framework];
  const assertions = {
    assertj: ['org.assertj.core.api.Assertions'],
    truth: ['com.google.common.truth.Truth'],
    hamcrest: ['org.hamcrest.MatcherAssert', 'org.hamcrest.Matchers'],
    framework: [],
  }[libraries.assertions];
  const mocks =
    libraries.mocks === 'mockito'
      ? ['org.mockito.Mockito', 'org.mockito.BDDMockito', 'org.mockito.ArgumentMatchers']
      : [];
  const jdk = /^[A-Z]/.test(member) ? ['java.nio.charset.StandardCharsets', 'java.util.concurrent.TimeUnit'] : [];
  for (const type of [...framework, ...assertions, ...mocks, ...jdk])
    if (staticMembers.get(type)?.has(member)) return `${type}.${member}`;
  return null;
}

/** Whether `import static type.*` brings this member, as far as the type is known here. */
export function staticOnDemandHas(type: string, member: string): boolean {
  return staticMembers.get(type)?.has(member) ?? false;
}
