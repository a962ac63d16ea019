package bespoke.check;

import java.util.List;

/**
 * One error of the compiler. The code and the span say what a repair has to look at; the message alone is text for people.
 *
 * @param code javac's own name of the error, for instance {@code compiler.err.cant.resolve.location}
 * @param start first character in the candidate's file; -1 when the error is elsewhere
 * @param end first character behind it; -1 when the error is elsewhere
 * @param meanings what an unknown name can mean here: {@code type a.b.C} or {@code member a.b.C.name}
 */
record CompilerError(long line, String code, long start, long end, String message, List<String> meanings) {
  @Override
  public String toString() {
    return line + ": " + message;
  }

  /** One line of a verdict's detail; the message has no line breaks and no tabs. */
  String toLine() {
    return String.join(
        "\t", Long.toString(line), code, Long.toString(start), Long.toString(end), String.join(",", meanings), message);
  }
}
