import { expect, test } from 'vitest';
import { JavaParser, withJavaTree } from '../../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../../core/java/read-compilation-unit.ts';
import { ResidentWorkspace } from '../../../core/mining/resident-workspace.ts';
import { WorkspaceTypes } from '../../../core/mining/workspace-types.ts';
import { pairsOf, recordsOf, type Sources, withWorkspace } from './java-workspace.ts';

const parser = await JavaParser.create();

/** Mines a class `Till` with one member and a test of its method `pay`, and gives what the pair shows of other types. */
async function check(member: string, others: Sources, expected: readonly string[]): Promise<void> {
  const till = `package a; import b.*; public class Till { ${member} }`;
  const sources = {
    ...others,
    'src/main/java/a/Till.java': till,
    'src/test/java/a/TillTest.java':
      'package a; import org.junit.Test; public class TillTest { @Test public void testPay() { new Till().pay(null); } }',
  };
  await withWorkspace(sources, async (workspace) => {
    const resident = new ResidentWorkspace(workspace);
    const [pair] = pairsOf(await recordsOf({ workspace, mode: 'default', threads: 0, resident }));
    expect(pair?.pair.focalContext.relatedTypes).toEqual(expected);
    // What the editor asks for at a method as it is written now gives what the pair shows.
    const types = withJavaTree(parser, till, (tree) => readCompilationUnit(tree).types);
    const method = types[0]?.methods.find(({ name }) => name === 'pay');
    if (method === undefined) throw new Error('Till has no method pay.');
    const workspaceTypes = new WorkspaceTypes(resident.files);
    expect(workspaceTypes.relatedTypesOf({ file: 'src/main/java/a/Till.java', types, method })).toEqual(expected);
  });
}

test('A type that the method takes is shown with the ways to make one.', () =>
  check(
    'public void pay(b.Money money) {}',
    {
      'src/main/java/b/Money.java':
        'package b; public class Money { private Money(int n) {} Money(long n, String c) {} public static Money of(String text) { return null; } public long amount() { return 0; } }',
    },
    ['class Money { Money(long, String); static Money of(String); }'],
  ));

test('A type that it returns is shown with what can be asked without arguments.', () =>
  check(
    'public Receipt pay(Object o) { return null; }',
    {
      'src/main/java/b/Receipt.java':
        'package b; public class Receipt { public int total() { return 0; } public void print() {} public String line(int n) { return ""; } private int secret() { return 0; } static int count() { return 0; } }',
    },
    ['class Receipt { int total(); }'],
  ));

test('A record shows its accessors, an enum its constants, and an implied constructor is shown.', () =>
  check(
    'public Point pay(java.util.Map<Color, Brush[]> brushes) { return null; }',
    {
      'src/main/java/b/Point.java': 'package b; public record Point(int x, String... labels) {}',
      'src/main/java/b/Color.java': 'package b; public enum Color { RED, GREEN; }',
      'src/main/java/b/Brush.java': 'package b; public class Brush {}',
    },
    ['enum Color { RED, GREEN; }', 'class Brush { Brush(); }', 'record Point(int x, String... labels) { }'],
  ));

test('What can only be implemented or mocked is shown with its methods.', () =>
  check(
    'public void pay(Clock clock) {}',
    { 'src/main/java/b/Clock.java': 'package b; public interface Clock { long now(); }' },
    ['interface Clock { long now(); }'],
  ));

test("What the class's constructors take is shown for a method of an object, not for a static one.", async () => {
  const others = { 'src/main/java/b/Drawer.java': 'package b; public class Drawer {}' };
  await check('Till(Drawer drawer) {} public void pay(Object o) {}', others, ['class Drawer { Drawer(); }']);
  await check('Till(Drawer drawer) {} public static void pay(Object o) {}', others, []);
});

test('Type parameters, types from outside and the class itself are not shown.', () =>
  check(
    'public <Money> java.util.List<Till> pay(Money money) { return null; }',
    { 'src/main/java/b/Money.java': 'package b; public class Money {}' },
    [],
  ));
