import * as vscode from 'vscode';
import { type AgentToolName, agentToolNames, agentTools, runAgentTool } from '../agents/agent-tools.ts';
import { signalOf } from '../editor/signal-of.ts';
import { chooseFolder } from '../workspace/java-workspace.ts';
import { agentWorkspace } from './agent-workspace.ts';
import { type WritingParts, writingPlace } from './write-tests.ts';

/** The tools that chat can use: *generateTest*, *personalizationStatus* and *styleOfThisRepo*. */
export function activate(context: vscode.ExtensionContext, parts: WritingParts): void {
  for (const name of agentToolNames)
    context.subscriptions.push(vscode.lm.registerTool(`bespoke_${name}`, new WorkspaceTool(name, context, parts)));
}

class WorkspaceTool implements vscode.LanguageModelTool<object> {
  readonly #name: AgentToolName;
  readonly #context: vscode.ExtensionContext;
  readonly #parts: WritingParts;

  constructor(name: AgentToolName, context: vscode.ExtensionContext, parts: WritingParts) {
    this.#name = name;
    this.#context = context;
    this.#parts = parts;
  }

  /** Writing a test sends code to the server and runs it, so the user is asked each time; the others only read. */
  prepareInvocation(): vscode.PreparedToolInvocation {
    const { title } = agentTools[this.#name];
    if (this.#name !== 'generateTest') return { invocationMessage: title };
    const { kind, name } = this.#parts.link.place;
    const sent =
      kind === 'local'
        ? 'The model runs on this machine; nothing leaves it.'
        : `The method and the tests nearest to it are sent to ${name}.`;
    return {
      invocationMessage: title,
      confirmationMessages: {
        title,
        message: `${sent} What it writes is compiled and run here; nothing is written into the workspace.`,
      },
    };
  }

  async invoke(
    { input }: vscode.LanguageModelToolInvocationOptions<object>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const answer = await this.#run(input, signalOf(token));
    return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(answer)]);
  }

  async #run(input: object, signal: AbortSignal): Promise<string> {
    const folder = await chooseFolder();
    if (folder === undefined) return 'The user chose no folder: ask which repository is meant.';
    const { link, mined } = this.#parts;
    const workspace = agentWorkspace({
      ...writingPlace(this.#context, this.#parts, folder),
      mined: (cancelled) => mined.known(folder, { signal: cancelled }),
      // Neither Restricted Mode nor a question about models is a reason to start a server.
      openConnection: async () =>
        vscode.workspace.isTrusted && (link.isConnected || link.place.kind === 'remote')
          ? link.connection()
          : undefined,
    });
    return runAgentTool(workspace, this.#name, input, signal);
  }
}
