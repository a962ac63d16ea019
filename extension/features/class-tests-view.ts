import * as vscode from 'vscode';
import { bestTestRow, methodRow, type Row } from './class-test-rows.ts';
import { type ClassTests, idOf, type MethodTests, type TestedClass } from './class-tests.ts';
import { openTestsCommand } from './keep-class-tests.ts';

const viewId = 'bespoke.classTests';

interface ClassNode {
  readonly kind: 'class';
  readonly tested: TestedClass;
}
interface MethodNode {
  readonly kind: 'method';
  readonly method: MethodTests;
  readonly parent: ClassNode;
}
interface TestNode {
  readonly kind: 'test';
  readonly method: MethodTests;
  readonly row: Row;
  readonly parent: MethodNode;
}
type Node = ClassNode | MethodNode | TestNode;

/** The view "Tests for Classes": class, its methods, and the best test of each with its state. */
export function activate(context: vscode.ExtensionContext, tests: ClassTests): void {
  const tree = new ClassTestsTree(tests);
  const view = vscode.window.createTreeView(viewId, { treeDataProvider: tree, showCollapseAll: true });
  let newest: TestedClass | undefined;
  context.subscriptions.push(
    view,
    tests.onDidChange(() => {
      tree.refresh();
      void vscode.commands.executeCommand('setContext', 'bespoke.hasUsefulTests', tests.useful.length > 0);
      const [first] = tests.classes;
      if (first === undefined || first === newest) return;
      newest = first;
      // Brought into view without taking the keyboard from the editor.
      void view.reveal(tree.nodeOf(first), { select: false, focus: false, expand: 2 });
    }),
  );
}

class ClassTestsTree implements vscode.TreeDataProvider<Node> {
  readonly #tests: ClassTests;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(tests: ClassTests) {
    this.#tests = tests;
  }

  refresh(): void {
    this.#changed.fire();
  }

  nodeOf(tested: TestedClass): ClassNode {
    return { kind: 'class', tested };
  }

  getParent(node: Node): Node | undefined {
    return node.kind === 'class' ? undefined : node.parent;
  }

  getChildren(parent?: Node): Node[] {
    if (parent === undefined) return this.#tests.classes.map((tested) => this.nodeOf(tested));
    if (parent.kind === 'class') return parent.tested.methods.map((method) => ({ kind: 'method', method, parent }));
    if (parent.kind === 'test') return [];
    const { method } = parent;
    const row = bestTestRow(method.state);
    return row === undefined ? [] : [{ kind: 'test', method, row, parent }];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const { Expanded, None } = vscode.TreeItemCollapsibleState;
    switch (node.kind) {
      case 'class': {
        const { name, file, methods } = node.tested;
        const done = methods.filter(({ state }) => state.kind !== 'waiting' && state.kind !== 'writing').length;
        const item = new vscode.TreeItem(name, Expanded);
        item.id = idOf(node.tested);
        item.description = `${done} of ${methods.length}`;
        item.tooltip = file;
        item.accessibilityInformation = { label: `class ${name}, ${done} of ${methods.length} methods tried` };
        item.iconPath = new vscode.ThemeIcon('symbol-class');
        return item;
      }
      case 'method': {
        const { focal, state } = node.method;
        const hasRow = bestTestRow(state) !== undefined;
        const item = itemOf(methodRow(focal.focalMethod, state), hasRow ? Expanded : None);
        // Another row once it has a test, because the editor would remember that the one without was not open.
        item.id = `${idOf(node.parent.tested)} ${focal.focalMethod} ${hasRow}`;
        return item;
      }
      case 'test': {
        const item = itemOf(node.row, None);
        if (node.method.state.kind === 'written') {
          item.command = { command: openTestsCommand, title: 'Show Test', arguments: [node.method] };
        }
        return item;
      }
    }
  }
}

function itemOf({ label, description, tooltip, icon }: Row, state: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const item = new vscode.TreeItem(label, state);
  item.description = description;
  item.tooltip = tooltip;
  item.accessibilityInformation = { label: tooltip };
  item.iconPath = new vscode.ThemeIcon(icon);
  return item;
}
