import type { Readable, Writable } from 'node:stream';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { agentTools } from './agent-tools.ts';

/** Streams of one client; standard input and output where an editor starts the program. */
export interface McpStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Serves the tools over the Model Context Protocol until the client goes or the signal aborts: the only owner of the protocol's library.
 * `run` answers one call with text; what it throws is told to the model as the call's result, as the protocol wants it.
 */
export async function serveMcp(
  { input, output }: McpStreams,
  version: string,
  run: (name: string, input: unknown, signal: AbortSignal) => Promise<string>,
  signal: AbortSignal,
): Promise<void> {
  const server = new Server({ name: 'bespoke', version }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: Object.values(agentTools).map(({ name, title, description, inputSchema }) => ({
      name,
      title,
      description,
      inputSchema: { ...inputSchema, required: [...inputSchema.required] },
      annotations: { readOnlyHint: true, openWorldHint: false },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal: cancelled }) => {
    try {
      return { content: [{ type: 'text', text: await run(params.name, params.arguments, cancelled) }] };
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return { isError: true, content: [{ type: 'text', text }] };
    }
  });
  const closed = new Promise<void>((done) => {
    server.onclose = () => done();
  });
  const close = () => void server.close();
  input.once('end', close);
  signal.addEventListener('abort', close, { once: true });
  await server.connect(new StdioServerTransport(input, output));
  await closed;
}
