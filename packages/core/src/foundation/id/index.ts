/** Ids: ULIDs, plain on the native face, with a prefix where a convention asks for one. */
export * as Id from "./index.ts";

import { decodeTime, monotonicFactory } from "ulid";
import * as v from "valibot";
import type { Clock } from "../../ports/index.ts";

export const Ulid = v.pipe(
  v.string(),
  v.regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, "must be a ULID: 26 characters of Crockford's base 32"),
);

export interface Ids {
  /** A new ULID, greater than every earlier one of this process within the same millisecond. */
  ulid(): string;
}

export function createIds(clock: Clock): Ids {
  const next = monotonicFactory(createDraw());
  return { ulid: () => next(clock.now()) };
}

/** Random numbers in [0, 1), from bytes that are fetched many at a time: each fetch is what costs. */
function createDraw(): () => number {
  const drawn = new Uint32Array(512);
  let used = drawn.length;
  return () => {
    if (used === drawn.length) {
      crypto.getRandomValues(drawn);
      used = 0;
    }
    return (drawn[used++] ?? 0) / 2 ** 32;
  };
}

/** When a ULID was made, epoch milliseconds. */
export const timeOf = (id: string): number => decodeTime(id);

/** Deterministic shard of a name, in [0, shards). FNV-1a: spread, not secrecy. */
export function shardOf(name: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash % shards;
}

const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * Ids of a message and of its answer. They differ in the last bit only, the message's being even,
 * so that either leads to the run without an index.
 */
export function messagePair(ids: Ids): { runId: string; answerId: string } {
  let id = ids.ulid();
  while (isOdd(id)) id = ids.ulid();
  return { runId: id, answerId: withLastBit(id, 1) };
}

/** The id of the message that a message or answer id belongs to. */
export const runIdOf = (messageId: string): string => withLastBit(messageId, 0);

const lastDigit = (id: string): number => digits.indexOf(id.slice(-1));
const isOdd = (id: string): boolean => lastDigit(id) % 2 === 1;
const withLastBit = (id: string, bit: 0 | 1): string =>
  id.slice(0, -1) + (digits[(lastDigit(id) & ~1) | bit] ?? "");
