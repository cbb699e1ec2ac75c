/**
 * The shape of one kind of stored thing: one schema for what is written and for what is read, so that
 * nothing is ever written that could not be read again. It knows no limits of input, for those change
 * while what was stored stays.
 */
export * as Shape from "./index.ts";

import * as v from "valibot";
import { frozen, type Item, type Key, type Table } from "../../ports/index.ts";

/** An item that is not of its shape. It names paths, never values: these may be what somebody said. */
export class Unreadable extends Error {
  override name = "Unreadable";
  readonly pk: string;
  readonly sk: string;
  constructor(kind: string, { pk, sk }: Item, paths: string) {
    super(`A stored ${kind} cannot be read: ${paths}`);
    this.pk = pk;
    this.sk = sk;
  }
}

/** A defect: a value that could not be read again was about to be written. Nothing was. */
export class Unwritable extends Error {
  override name = "Unwritable";
}

type Reporter = Pick<Table, "report">;
type Reader = Pick<Table, "get" | "report">;

export interface Shape<T> {
  /** What is stored; a member that is not as it should be is mended where that is known, and reported. @throws Unreadable */
  read: (table: Reporter, item: Item) => T;
  /** The one of that key, if there is one. @throws Unreadable */
  find: (table: Reader, key: Key) => Promise<T | undefined>;
  /** What can be read of a list; what cannot is reported, and the rest goes on. */
  readAll: (table: Reporter, items: readonly Item[]) => T[];
  /** The value itself, before it is written. @throws Unwritable */
  check: <V extends T>(value: V) => V;
  /** Some members of it, before an update writes them. @throws Unwritable */
  checkPart: <V extends { [name in keyof T]?: unknown }>(part: V) => V;
}

interface Options<T> {
  /** Brings an item of an older version to the present one. */
  older?: (item: Item) => Record<string, unknown>;
  /** What to take for a member that cannot be read: without it, the rest is still worth reading. */
  mend?: Partial<T>;
}

/** @param kind what it is called in an error. */
export function of<const S extends v.ObjectSchema<v.ObjectEntries, undefined>>(
  kind: string,
  schema: S,
  { older = (item) => item, mend = {} }: Options<v.InferOutput<S>> = {},
): Shape<v.InferOutput<S>> {
  const partOf = createParts(schema);
  /** What was read of items that cannot have changed since: whoever keeps an item is asked for it often. */
  const known = new WeakMap<Item, v.InferOutput<S>>();
  const read = (table: Reporter, item: Item): v.InferOutput<S> => {
    const before = known.get(item);
    if (before !== undefined) return before;
    const value = older(item);
    const found = v.safeParse(schema, value);
    if (found.success) {
      if (Object.isFrozen(item)) known.set(item, frozen(found.output));
      return found.output;
    }
    const error = new Unreadable(kind, item, pathsOf(found.issues));
    const mended = v.safeParse(schema, { ...value, ...mendOf(found.issues, mend) });
    if (!mended.success) throw error;
    table.report?.(error);
    return mended.output;
  };
  return {
    read,
    find: async (table, key) => {
      const item = await table.get(key);
      return item && read(table, item);
    },
    readAll: (table, items) =>
      items.flatMap((item) => {
        try {
          return [read(table, item)];
        } catch (error) {
          if (!(error instanceof Unreadable)) throw error;
          table.report?.(error);
          return [];
        }
      }),
    check: (value) => checked(kind, schema, value),
    checkPart: (part) => checked(kind, partOf(part), part),
  };
}

/** Of a schema the members that a part has: an update names three of forty. */
function createParts(schema: v.ObjectSchema<v.ObjectEntries, undefined>) {
  const known = new Map<string, v.GenericSchema>();
  return (part: object): v.GenericSchema => {
    const name = Object.keys(part).join(" ");
    const found = known.get(name) ?? v.partial(v.object(pick(schema.entries, part)));
    known.set(name, found);
    return found;
  };
}

const pick = (entries: v.ObjectEntries, part: object): v.ObjectEntries =>
  Object.fromEntries(Object.entries(entries).filter(([name]) => Object.hasOwn(part, name)));

function mendOf(issues: readonly v.BaseIssue<unknown>[], mend: object): object {
  const names = new Set(issues.map((issue) => String(issue.path?.[0]?.key)));
  return Object.fromEntries(Object.entries(mend).filter(([name]) => names.has(name)));
}

function checked<V>(kind: string, schema: v.GenericSchema, value: V): V {
  const found = v.safeParse(schema, value);
  if (found.success) return value;
  throw new Unwritable(`A ${kind} would not be readable: ${pathsOf(found.issues)}`);
}

const pathsOf = (issues: readonly v.BaseIssue<unknown>[]): string =>
  issues.map((issue) => `${v.getDotPath(issue) ?? "all of it"} (${issue.expected})`).join(", ");
