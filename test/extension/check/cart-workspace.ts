import { dependency, pom, writeWorkspace } from './fixture-workspace.ts';

export const cart = 'src/main/java/shop/Cart.java';
export const cartTest = 'src/test/java/shop/CartTest.java';

/** A Maven module with one class and its test class, into which these members are put. */
export function cartWorkspace(name: string, testMembers: string, more: Readonly<Record<string, string>> = {}): string {
  return writeWorkspace(name, {
    'pom.xml': pom(
      'shop',
      `<properties><maven.compiler.release>17</maven.compiler.release><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
<build><plugins><plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin><plugin><artifactId>maven-compiler-plugin</artifactId><version>3.13.0</version></plugin></plugins></build>
<dependencies>${dependency('org.junit.jupiter:junit-jupiter:5.10.3')}${dependency('org.assertj:assertj-core:3.25.3')}</dependencies>`,
      false,
    ),
    [cart]: `package shop;
public class Cart {
  private int size;
  public void add(int more) { size += more; }
  public int size() { return size; }
}
`,
    [cartTest]: `package shop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CartTest {
  ${testMembers}
}
`,
    ...more,
  });
}
