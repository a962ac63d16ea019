package bespoke.check;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What tests print, on both streams as a terminal would show them. Of one test only so much is kept; the rest is thrown away. */
final class TestOutput extends OutputStream {
  private final int limitBytes;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  TestOutput(int limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Lets the next test print here, whatever the one before did to the streams, and forgets what that one printed. */
  synchronized void start() {
    kept.reset();
    PrintStream stream = new PrintStream(this, true, StandardCharsets.UTF_8);
    System.setOut(stream);
    System.setErr(stream);
  }

  synchronized String printed() {
    return kept.toString(StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void write(int one) {
    if (kept.size() < limitBytes) kept.write(one);
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int length) {
    kept.write(bytes, from, Math.min(length, limitBytes - kept.size()));
  }
}
