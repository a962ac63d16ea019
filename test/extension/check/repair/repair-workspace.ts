import { dependency, pom } from '../fixture-workspace.ts';

/** A Maven workspace for candidates that need repair: a module of JUnit 5 and Java 17, and one of JUnit 4 and Java 8. */
export const repairWorkspace: Readonly<Record<string, string>> = {
  'pom.xml': pom(
    'root',
    `<packaging>pom</packaging><modules><module>modern</module><module>legacy</module></modules>
<properties><maven.compiler.release>17</maven.compiler.release><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
<build><pluginManagement><plugins>
<plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
<plugin><artifactId>maven-compiler-plugin</artifactId><version>3.13.0</version></plugin>
</plugins></pluginManagement></build>`,
    false,
  ),
  'modern/pom.xml': pom(
    'modern',
    `<dependencies>${dependency('org.junit.jupiter:junit-jupiter:5.10.3')}${dependency('org.mockito:mockito-core:5.12.0')}</dependencies>`,
  ),
  'modern/src/main/java/shop/Basket.java': `package shop;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

public class Basket {
  private final List<String> names = new ArrayList<>();
  private BigDecimal price = BigDecimal.ZERO;

  public static Basket holding(String... names) {
    Basket basket = new Basket();
    for (String name : names) basket.names.add(name);
    return basket;
  }

  public static final int MOST = 3;

  public void add(String name) {
    if (names.size() == MOST) throw new IllegalStateException("full");
    names.add(name);
  }

  public void setWeight(Long grams) {
    names.add(grams + " g");
  }

  public void setPrice(BigDecimal price) {
    this.price = price;
  }

  public BigDecimal price() {
    return price;
  }

  public int count() {
    return names.size();
  }

  public List<String> names() {
    return names;
  }

  public Order.State state() {
    return names.isEmpty() ? Order.State.OPEN : Order.State.FILLED;
  }

  public String load(java.io.Reader reader) throws IOException {
    int first = reader.read();
    if (first < 0) throw new IOException("empty");
    return String.valueOf((char) first);
  }
}
`,
  'modern/src/main/java/shop/Order.java': `package shop;

public class Order {
  public enum State { OPEN, FILLED }

  public int lines() {
    return 0;
  }
}
`,
  'modern/src/main/java/shop/right/Outer.java':
    'package shop.right; public class Outer { public static class Inside { public int one() { return 1; } } }',
  // Two types of one name: which of them a test means, nobody can tell.
  'modern/src/main/java/shop/one/Holder.java': 'package shop.one; public class Holder { public static class Twin { } }',
  'modern/src/main/java/shop/two/Keeper.java': 'package shop.two; public class Keeper { public static class Twin { } }',
  'modern/src/test/java/shop/BasketTestBase.java': `package shop;

abstract class BasketTestBase {
  public final void prepare() {}
}
`,
  'modern/src/test/java/shop/BasketTest.java': `package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BasketTest extends BasketTestBase {
  private Basket filled() {
    return Basket.holding("pear");
  }

  @Test
  void countsWhatWasAdded() {
    assertEquals(1, filled().count());
    assertTrue(filled().names().contains("pear"));
    assertFalse(filled().names().isEmpty());
  }
}
`,
  'legacy/pom.xml': pom(
    'legacy',
    `<properties><maven.compiler.release>8</maven.compiler.release></properties>
<dependencies>${dependency('junit:junit:4.13.2')}</dependencies>`,
  ),
  'legacy/src/main/java/old/Tally.java': `package old;

import java.util.ArrayList;
import java.util.List;

public class Tally {
  private final List<Integer> items = new ArrayList<Integer>();

  public void add(int item) {
    if (item < 0) throw new IllegalArgumentException("negative");
    items.add(item);
  }

  public Integer last() {
    return items.get(items.size() - 1);
  }

  public List<Integer> items() {
    return items;
  }
}
`,
  // A namesake that the other module cannot see.
  'legacy/src/main/java/old/Inside.java': 'package old; public class Inside { }',
  'legacy/src/test/java/old/TallyTest.java': `package old;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class TallyTest {
  @Test
  public void keepsWhatWasAdded() {
    Tally tally = new Tally();
    tally.add(7);
    assertTrue(tally.items().contains(7));
    assertEquals(1, tally.items().size());
  }
}
`,
};
