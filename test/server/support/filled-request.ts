import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadSync } from '@grpc/proto-loader';
import type { CallDefinition } from './every-call.ts';
import { root } from './places.ts';

/** What fields of a request name, by the field's name. */
export type Named = Readonly<Record<'repository' | 'runId' | 'adapterId' | 'corpusSha256', string>>;

/** A request of any call, made from its definition: what names something names this, and the rest is there and as valid as can be told. */
export function filledRequest({ requestType }: CallDefinition, named: Named): object {
  return filled(requestType.type as Message, named);
}

/** What is read of a protobuf descriptor. */
interface Message {
  readonly name: string;
  readonly field: readonly {
    readonly name: string;
    readonly number: number;
    readonly type: string;
    readonly label: string;
    readonly typeName: string;
  }[];
}

function filled({ field: fields }: Message, named: Named): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  // A stream begins with its header.
  const header = fields.filter(({ name }) => name === 'header');
  for (const { name, number, type, label, typeName } of header.length > 0 ? header : fields) {
    if (label === 'LABEL_REPEATED') continue;
    const message = messages.get(typeName);
    if (type === 'TYPE_MESSAGE' && message !== undefined) request[name] = filled(message, named);
    if (type === 'TYPE_STRING') request[name] = named[name as keyof Named] ?? 'some-text';
    if (type === 'TYPE_ENUM') request[name] = 1;
    // Small, and growing within a message, as beginnings and ends do.
    if (type === 'TYPE_INT32' || type === 'TYPE_INT64') request[name] = Math.min(number, 8);
  }
  return request;
}

/** Every message of the contract by its name. */
const messages: ReadonlyMap<string, Message> = new Map(
  readdirSync(join(root, 'proto', 'bespoke', 'v1')).flatMap((file) =>
    Object.values(loadSync(`bespoke/v1/${file}`, { includeDirs: [join(root, 'proto')] })).flatMap((found) => {
      const message = 'type' in found ? (found.type as unknown as Message) : undefined;
      return message === undefined || !('field' in message) ? [] : [[message.name, message] as const];
    }),
  ),
);
