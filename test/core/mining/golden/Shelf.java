package a;

import java.util.List;

/** Holds books. */
@Deprecated
public class Shelf<T extends Comparable<T>> extends Furniture
    implements Iterable<T>, // and
        AutoCloseable {
  public static final int WIDTH = 80, HEIGHT = 200;
  protected int hidden;
  public List<String> labels = List.of("a;b", "{");

  public Shelf() {
    this(10);
  }

  Shelf(final int size) {}

  /**
   * Takes a book.
   *
   * @return the book
   */
  @Override
  public <X extends Exception> T take(
      int position) throws X {
    if (position < 0) {

      throw new IllegalArgumentException("{");
    }
    return null;
  }

  public abstract void put(T book,
      int... positions);

  private void dust() {}

  public static class Inner {
    public void notShown() {}
  }
}
