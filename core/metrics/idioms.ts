/**
 * Names and literals so common in tests that the abstraction keeps them: they say what a test does, whichever class it is about. The
 * names are those that stand in the test sources of at least three quarters of the libraries that `server/base/corpus.json` marks
 * `train`; src2abs has a list of its own, which carries no licence. Of the literals only the empty string, 0 and 1 are kept, as expected
 * values differ from test to test.
 */
export const idioms: ReadonlySet<string> = new Set(
  `
  ArrayList Arrays Boolean ByteArrayOutputStream Class Collection Collections Exception File HashMap HashSet
  IOException IllegalArgumentException IllegalStateException InputStream Integer Iterator List Long MAX_VALUE Map Math
  NullPointerException Object Random RuntimeException Set String StringBuilder System T Thread Throwable URL UTF_8 a
  actual add append args asList assertArrayEquals assertEquals assertFalse assertNotEquals assertNotNull assertNotSame
  assertNull assertSame assertTrue b c clear close contains count create currentTimeMillis data e equals ex expected f
  fail file flush format get getCause getClass getInstance getKey getMessage getName getProperty getValue hashCode i
  in index indexOf input intValue isEmpty iterator j join key length list main map max message msg n name next nextInt
  of out p printStackTrace println put r read remove reset result run s set setUp size sleep start startsWith stream
  substring t tearDown test toArray toByteArray toString type value valueOf values
  "" 0 0L 0.0 1 1L 1.0
`
    .trim()
    .split(/\s+/u),
);
