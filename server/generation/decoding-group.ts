import type { Beam, Decoding } from '../../core/decoding/decoding.ts';
import type { ReadInput } from './input-reading.ts';
import type { KeyValueCache } from './key-value-cache.ts';
import type { LoadedModel, OwnPart } from './loaded-model.ts';

/** A request that is being decoded. */
export interface Member {
  readonly decoding: Decoding;
  /** On a model that adapters share. */
  readonly own: OwnPart | null;
}

interface Seat<M> {
  readonly member: M;
  /** Rows of the prefix and the input, which every beam sees. */
  readonly inputRows: number;
  /** Rows in use. */
  rows: number;
  /** Positions of the rows in use. */
  positions: number[];
  /** Encoder rows. */
  readonly crossRows: number;
}

/**
 * Requests of one model and one width that step together. Each has a slot of the cache; a beam search's beams share their slot and
 * see their own rows in it, so choosing among beams moves no memory.
 */
export class DecodingGroup<M extends Member> {
  readonly #seats: Seat<M>[] = [];
  readonly #cache: KeyValueCache;
  #cross: KeyValueCache;

  constructor(private readonly model: LoadedModel) {
    this.#cache = model.newCache();
    this.#cross = model.newCache();
  }

  get members(): readonly M[] {
    return this.#seats.map(({ member }) => member);
  }

  /** Takes a request in whose input was read and whose first tokens were chosen. */
  join(member: M, input: ReadInput): void {
    const slot = this.#seats.length;
    const crossRows = input.cross?.capacity ?? 0;
    makeRoom(this.#cache, slot + 1, input.rows + 1);
    this.#cache.copyFrom(input.cache, 0, slot, input.rows);
    // What the first one read is its own: copying it would only leave arrays behind.
    if (input.cross !== null && slot === 0) this.#cross = input.cross;
    else if (input.cross !== null) {
      makeRoom(this.#cross, slot + 1, crossRows);
      this.#cross.copyFrom(input.cross, 0, slot, crossRows);
    }
    const positions = Array.from({ length: input.rows }, (_, row) => row);
    this.#seats.push({ member, inputRows: input.rows, rows: input.rows, positions, crossRows });
  }

  /** Frees a request's slot. */
  leave(member: M): void {
    const slot = this.#seats.findIndex((seat) => seat.member === member);
    if (slot < 0) return;
    const last = this.#seats.pop() as Seat<M>;
    const lastSlot = this.#seats.length;
    if (slot !== lastSlot) {
      this.#seats[slot] = last;
      this.#cache.copyFrom(this.#cache, lastSlot, slot, last.rows);
      if (last.crossRows > 0) this.#cross.copyFrom(this.#cross, lastSlot, slot, last.crossRows);
    }
    // Slots of a group that ran empty are worth their memory to nobody.
    if (this.#seats.length === 0) {
      this.#cache.resize(0, 0);
      this.#cross.resize(0, 0);
    }
  }

  /** One step for these members. The others keep what they have. */
  async step(chosen: readonly M[]): Promise<void> {
    this.#seatFirst(chosen);
    const requests = chosen.length;
    const seats = this.#seats.slice(0, requests);
    const most = Math.floor(MOST_QUERIES_WITH_DRAFTS / requests);
    const allQueries = () => seats.map(({ member }) => queriesOf(member.decoding.beams, most));
    const width = Math.max(...allQueries().map(({ length }) => length));
    this.#prepareRoom(width);
    const queries = allQueries();
    const capacity = this.#cache.capacity;
    const tokens = new BigInt64Array(requests * width);
    const positions = new BigInt64Array(requests * width);
    const visibility = new Float32Array(requests * width * (capacity + width)).fill(Number.NEGATIVE_INFINITY);
    for (const [request, seat] of seats.entries()) {
      const own = queries[request] as readonly Query[];
      for (let place = 0; place < width; place++) {
        // Where another request has more queries, spare places repeat the first query and are ignored.
        const query = own[place] ?? own[0];
        if (query === undefined) throw new Error('A request that is done takes part in a step.');
        const at = request * width + place;
        tokens[at] = BigInt(query.token);
        positions[at] = BigInt(seat.inputRows + query.rows.length + query.drafts);
        const start = at * (capacity + width);
        visibility.fill(0, start, start + seat.inputRows);
        for (const row of query.rows) visibility[start + row] = 0;
        // A draft sees its beam's token and the drafts before it, which stand right before it.
        visibility.fill(0, start + capacity + place - query.drafts, start + capacity + place + 1);
      }
    }
    const step = {
      tokens,
      positions,
      visibility,
      requests,
      queries: width,
      wantedFrom: 0,
      past: this.#cache,
      pastPositions: () => this.#pastPositions(seats),
      ...(this.model.isEncoderDecoder
        ? { cross: { cache: this.#cross, visibility: this.#crossVisibility(seats) } }
        : {}),
    };
    const result = await this.model.step(
      step,
      seats.map(({ member }) => member.own),
    );
    const vocabulary = result.logProbabilities.length / (requests * width);
    for (const [request, seat] of seats.entries()) {
      const firstRow = seat.rows;
      this.#cache.append(request, firstRow, result.newKeys, result.newValues, request);
      seat.rows += width;
      for (let place = 0; place < width; place++) seat.positions.push(Number(positions[request * width + place]));
      const own = queries[request] as readonly Query[];
      const placeOf = (beam: number, drafts: number) =>
        own.findIndex((query) => query.beam === beam && query.drafts === drafts);
      seat.member.decoding.advance(
        (beam, drafts) => {
          const place = placeOf(beam, drafts);
          const at = request * width + place;
          return place < 0 ? undefined : result.logProbabilities.subarray(at * vocabulary, (at + 1) * vocabulary);
        },
        (beam, drafts) => firstRow + placeOf(beam, drafts),
      );
      freeLastRows(seat);
    }
  }

  /** Gives these members the first slots: a step reads no others. */
  #seatFirst(members: readonly M[]): void {
    const chosen = new Set(members);
    let to = 0;
    for (let from = this.#seats.length - 1; to < chosen.size; to++) {
      const seat = this.#seats[to] as Seat<M>;
      if (chosen.has(seat.member)) continue;
      while (!chosen.has((this.#seats[from] as Seat<M>).member)) from -= 1;
      this.#exchange(to, from);
    }
  }

  #exchange(slot: number, other: number): void {
    const [seat, otherSeat] = [this.#seats[slot] as Seat<M>, this.#seats[other] as Seat<M>];
    this.#seats[slot] = otherSeat;
    this.#seats[other] = seat;
    this.#cache.exchange(slot, other, Math.max(seat.rows, otherSeat.rows));
    this.#cross.exchange(slot, other, Math.max(seat.crossRows, otherSeat.crossRows));
  }

  /** Makes room for the next rows: rows that no beam sees any more go first. */
  #prepareRoom(width: number): void {
    let needed = 0;
    for (const [slot, seat] of this.#seats.entries()) {
      if (seat.rows + width > this.#cache.capacity) this.#forgetUnseenRows(slot, seat);
      needed = Math.max(needed, seat.rows + width);
    }
    // A long request that left must not make the others attend to its empty rows for ever.
    if (needed * 2 < this.#cache.capacity) this.#cache.resize(this.#cache.slots, needed);
    makeRoom(this.#cache, this.#seats.length, needed);
  }

  #forgetUnseenRows(slot: number, seat: Seat<M>): void {
    const { decoding } = seat.member;
    const seen = [...new Set(decoding.beams.flatMap(({ rows }) => rows))].sort((a, b) => a - b);
    if (seat.inputRows + seen.length === seat.rows) return;
    const kept = [...Array.from({ length: seat.inputRows }, (_, row) => row), ...seen];
    this.#cache.compact(slot, kept);
    decoding.renumber(new Map(seen.map((row, index) => [row, seat.inputRows + index])));
    seat.positions = kept.map((row) => seat.positions[row] as number);
    seat.rows = kept.length;
  }

  #pastPositions(seats: readonly Seat<M>[]): BigInt64Array {
    const positions = new BigInt64Array(seats.length * this.#cache.capacity);
    for (const [slot, seat] of seats.entries())
      for (const [row, position] of seat.positions.entries())
        positions[slot * this.#cache.capacity + row] = BigInt(position);
    return positions;
  }

  #crossVisibility(seats: readonly Seat<M>[]): Float32Array {
    const { capacity } = this.#cross;
    const visibility = new Float32Array(seats.length * capacity);
    for (const [slot, { crossRows }] of seats.entries())
      visibility.fill(Number.NEGATIVE_INFINITY, slot * capacity + crossRows, (slot + 1) * capacity);
    return visibility;
  }
}

/** What one place of a step reads: a beam's token, or one of its drafts. */
interface Query {
  readonly token: number;
  /** Which of the request's beams. */
  readonly beam: number;
  /** Rows that the beam's token sees after the input. */
  readonly rows: readonly number[];
  /** Drafts up to this token, itself included; 0 for the beam's own token. */
  readonly drafts: number;
}

/** A step's time grows slowly up to about so many tokens, since reading the weights takes most of it. */
const MOST_QUERIES_WITH_DRAFTS = 32;

/** At most `most` queries, but one for every beam. */
function queriesOf(beams: readonly Beam[], most: number): Query[] {
  const room = Math.max(0, Math.floor(most / beams.length) - 1);
  return beams.flatMap(({ token, rows, drafts }, beam) =>
    [token, ...drafts.slice(0, room)].map((read, before) => ({ token: read, beam, rows, drafts: before })),
  );
}

/** Rows behind the last that a beam sees are free again: those of drafts that were wrong. */
function freeLastRows<M extends Member>(seat: Seat<M>): void {
  const used = seat.member.decoding.beams.map(({ rows }) => (rows.at(-1) ?? -1) + 1);
  seat.rows = Math.max(seat.inputRows, ...used);
  seat.positions.length = seat.rows;
}

/** Growing moves all rows, so it happens in larger leaps than one row. */
const ROOM_ROWS = 32;

function makeRoom(cache: KeyValueCache, slots: number, rows: number): void {
  const capacity = rows <= cache.capacity ? cache.capacity : Math.ceil(rows / ROOM_ROWS) * ROOM_ROWS;
  cache.resize(Math.max(slots, cache.slots), capacity);
}
