import { join } from 'node:path';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import type { SeededRandom } from '../seeded-random.ts';
import { root } from '../server/support/places.ts';

/** A call and the bytes of its request. */
export interface FaultyCall {
  /** For instance `/bespoke.v1.PersonalizationService/StartRun`. */
  readonly path: string;
  readonly message: Buffer;
}

interface Field {
  readonly number: number;
  readonly type: string;
  readonly typeName: string;
  readonly isRepeated: boolean;
}

/** What is asked for by name: some exist on the server, so that requests come far. */
export interface KnownNames {
  readonly texts: readonly string[];
}

/** Makes requests of our contract, read from the .proto files, that a client of ours would never send. */
export class MessageMaker {
  readonly #calls: { readonly path: string; readonly request: string }[] = [];
  readonly #fields = new Map<string, readonly Field[]>();

  constructor(
    private readonly random: SeededRandom,
    private readonly known: KnownNames,
  ) {
    const files = ['personalization', 'generation', 'common', 'trainer'].map((name) => `bespoke/v1/${name}.proto`);
    const includeDirs = [join(root, 'proto')];
    for (const definition of Object.values(loadSync(files, { includeDirs }))) {
      if (!('format' in definition)) this.#addCalls(definition as ServiceDefinition);
      else if ('field' in definition.type) this.#addFields(definition.type as Descriptor);
    }
  }

  /** Well-formed bytes of the right type: values of the wrong size, kind, number and nesting. */
  byGrammar(): FaultyCall {
    const { path, request } = this.random.pick(this.#calls);
    const message = this.#message(request, 0);
    // Erasing what the other requests ask for is work that was rightly ordered, and takes its time.
    if (path.endsWith('/ForgetRepository') && this.known.texts.some((text) => message.includes(text)))
      return { path, message: Buffer.alloc(0) };
    return { path, message };
  }

  /** Bytes that are no message: noise, or a message that was cut, spliced and flipped. */
  raw(): FaultyCall {
    const { random } = this;
    const { path, message } = this.byGrammar();
    if (message.length === 0 || random.next() < 0.3) return { path, message: random.bytes(random.integer(300)) };
    let bytes = Buffer.from(message);
    for (let left = 1 + random.integer(5); left > 0; left--) {
      const at = random.integer(bytes.length + 1);
      const faults = [
        () => bytes.subarray(0, at),
        () => Buffer.concat([bytes.subarray(0, at), random.bytes(random.integer(20)), bytes.subarray(at)]),
        () => Buffer.concat([bytes, bytes.subarray(at)]),
        () =>
          Buffer.concat([
            bytes.subarray(0, at),
            varint(random.pick([2 ** 31, 2 ** 32 - 1, 2 ** 40])),
            bytes.subarray(at),
          ]),
        () => bytes.map((byte) => (random.next() < 0.02 ? random.integer(256) : byte)),
        // A group, which proto3 does not have, and that is never closed.
        () => Buffer.concat([Buffer.alloc(1 + random.integer(5000), 0x0b), bytes]),
      ];
      bytes = Buffer.from(random.pick(faults)());
    }
    return { path, message: bytes };
  }

  #addCalls(service: ServiceDefinition): void {
    for (const { path, requestType } of Object.values(service))
      this.#calls.push({ path, request: (requestType.type as Descriptor).name });
  }

  #addFields({ name, field }: Descriptor): void {
    const fields = field.map(({ number, type, typeName, label }) => ({
      ...{ number, type, isRepeated: label === 'LABEL_REPEATED' },
      typeName: typeName.split('.').at(-1) ?? '',
    }));
    this.#fields.set(name, fields);
  }

  #message(type: string, depth: number): Buffer {
    const { random } = this;
    const parts: Buffer[] = [];
    for (const field of this.#fields.get(type) ?? []) {
      const times = random.next() < 0.2 ? 0 : field.isRepeated || random.next() < 0.05 ? random.integer(4) : 1;
      for (let left = times; left > 0; left--) parts.push(this.#field(field, depth));
    }
    // A field of a newer, or another, contract.
    if (random.next() < 0.1) parts.push(varint(random.integer(2 ** 20) * 8), varint(random.integer(2 ** 31)));
    return Buffer.concat(random.next() < 0.2 ? parts.reverse() : parts);
  }

  #field({ number, type, typeName }: Field, depth: number): Buffer {
    const { random } = this;
    switch (type) {
      case 'TYPE_MESSAGE':
        return withLength(number, depth > 6 ? Buffer.alloc(0) : this.#message(typeName, depth + 1));
      case 'TYPE_STRING':
        return withLength(number, this.#text());
      case 'TYPE_BYTES':
        return withLength(number, random.bytes(random.integer(2000)));
      case 'TYPE_DOUBLE': {
        const bytes = Buffer.alloc(8);
        bytes.writeDoubleLE(random.pick([0, -1, 1, 0.5, Number.NaN, Infinity, -Infinity, 1e308, 5e-324]));
        return Buffer.concat([varint(number * 8 + 1), bytes]);
      }
      default:
        return Buffer.concat([varint(number * 8), this.#integer()]);
    }
  }

  #integer(): Buffer {
    const { random } = this;
    if (random.next() < 0.6) return varint(random.integer(12));
    // Minus one, the least number, and a number with more bits than there are.
    const hostile = ['ffffffffffffffffff01', '80808080808080808001', 'ffffffff07', '8080808008', 'ffffffffffffffff7f'];
    return Buffer.from(random.pick(hostile), 'hex');
  }

  #text(): Buffer {
    const { random } = this;
    const makers = [
      () => Buffer.from(random.pick(this.known.texts)),
      () => Buffer.from(random.text('abcdef0123456789', 64)),
      () =>
        Buffer.from(
          random.pick([
            '',
            '../../etc/passwd',
            'a/b',
            'nul\u0000',
            '\uFFFE\u202E',
            'x'.repeat(65),
            "'; DROP TABLE runs; --",
            '%s%n',
            '{"a":',
            'class A { void m() { } }',
          ]),
        ),
      // No UTF-8.
      () => Buffer.concat([Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]), random.bytes(8)]),
      () => Buffer.from('{('.repeat(random.integer(3000))),
      () => Buffer.from('long '.repeat(random.integer(20_000))),
    ];
    return random.next() < 0.5 ? Buffer.from(random.pick(this.known.texts)) : random.pick(makers)();
  }
}

interface Descriptor {
  readonly name: string;
  readonly field: readonly { number: number; type: string; typeName: string; label: string }[];
}

function withLength(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}
