/** A value as DynamoDB stores it. Numbers are finite; `undefined` members are left out. */
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

export interface Key {
  pk: string;
  sk: string;
}

export type Item = Key & Record<string, Value>;

/** A condition on one item, in the words of DynamoDB's condition expressions. */
export type Condition =
  | { op: "exists" | "absent"; name: string }
  | { op: "equals" | "differs"; name: string; value: Value }
  | { op: "below" | "above"; name: string; value: number }
  | { op: "contains" | "lacks"; name: string; value: string }
  | { op: "first"; name: string; value: string }
  | { op: "sizeBelow"; name: string; value: number }
  | { op: "all" | "any"; of: Condition[] };

export const exists = (name: string): Condition => ({ op: "exists", name });
export const absent = (name: string): Condition => ({ op: "absent", name });
export const equals = (name: string, value: Value): Condition => ({ op: "equals", name, value });
/** Holds too where there is no attribute `name`. */
export const differs = (name: string, value: Value): Condition => ({ op: "differs", name, value });
/** The number under `name` is less than `value`. False where there is no such attribute. */
export const below = (name: string, value: number): Condition => ({ op: "below", name, value });
/** The number under `name` is greater than `value`. False where there is no such attribute. */
export const above = (name: string, value: number): Condition => ({ op: "above", name, value });
/** The list or set under `name` has the element `value`. */
export const contains = (name: string, value: string): Condition => ({
  op: "contains",
  name,
  value,
});
/** The list under `name` has no element `value`, or there is no such attribute. */
export const lacks = (name: string, value: string): Condition => ({ op: "lacks", name, value });
/** The first element of the list under `name` is `value`. */
export const first = (name: string, value: string): Condition => ({ op: "first", name, value });
/** The list under `name` has fewer than `value` elements, or there is no such attribute. */
export const sizeBelow = (name: string, value: number): Condition => ({
  op: "sizeBelow",
  name,
  value,
});
export const all = (...of: Condition[]): Condition => ({ op: "all", of });
export const any = (...of: Condition[]): Condition => ({ op: "any", of });

/** What one write does to an item's top-level attributes. Each attribute may be named once. */
export interface Change {
  set?: Record<string, Value | undefined>;
  setIfAbsent?: Record<string, Value>;
  add?: Record<string, number>;
  /** Appends to a list, beginning an empty one where there is none. */
  append?: Record<string, Value[]>;
  /** Takes the first element off a list. */
  removeFirst?: string[];
  remove?: string[];
}

export interface QueryRange {
  /** A secondary index; the base table, read consistently, where absent. */
  index?: IndexName;
  pk: string;
  skPrefix?: string;
  /** Inclusive bounds; not together with `skPrefix`. */
  skFrom?: string;
  skTo?: string;
  descending?: boolean;
  /** Of one of {@link keyIndexes}: what lies in it and no more, so that no item is read. */
  keysOnly?: boolean;
  /** Items read at most; a page may hold fewer and still have a cursor. */
  limit?: number;
  cursor?: string | undefined;
}

export interface Page {
  items: Item[];
  /** Opaque; hand it to the next query. Absent on the last page. */
  cursor?: string;
}

/** Secondary indexes and the attributes that are their keys. Items without them are not in the index. */
export const indexes = {
  /** Things of one owner, and lists the admin reads. */
  listing: { pk: "listingPk", sk: "listingSk" },
  /** Bots shared with everyone. */
  public: { pk: "publicPk", sk: "publicSk" },
  /** What somebody still has to see to: conversations with open runs, publications in flight. */
  open: { pk: "openPk", sk: "openSk" },
} as const;
type IndexName = keyof typeof indexes;

/**
 * Indexes that hold nothing but keys: a write that changes neither, such as the sign of life of a
 * lease, does not touch them. What is found in them is then read as it is.
 */
export const keyIndexes: readonly IndexName[] = ["open"];

/** A put, or an update, as one of several that are made together. */
export type Write =
  | { item: Item; condition?: Condition }
  | { key: Key; change: Change; condition?: Condition };

/** Whose item it writes. */
export const keyOfWrite = (write: Write): Key => {
  const { pk, sk } = "item" in write ? write.item : write.key;
  return { pk, sk };
};

/**
 * One table of items under (pk, sk), written one item at a time.
 *
 * No protocol here rests on transactions: each has to survive a crash between any two writes, and
 * conditional single-item writes behave the same on DynamoDB and on whatever speaks its protocol.
 * {@link Table.transact} spares calls and is refused easily: whoever uses it can do without.
 * Failures of the store itself throw {@link StoreUnavailable}, a cursor of another list
 * {@link MalformedCursor}.
 */
export interface Table {
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>;
  /**
   * Items by their keys, in one call, strongly consistent each but not together; 100 at most. Absent
   * where it takes a call for each: {@link getMany}.
   */
  getMany?(keys: readonly Key[]): Promise<(Item | undefined)[]>;
  /** @returns whether the condition held and the item was written. */
  put(item: Item, condition?: Condition): Promise<boolean>;
  /** @returns the item after the change, or `undefined` if the condition did not hold. */
  update(key: Key, change: Change, condition?: Condition): Promise<Item | undefined>;
  /** @returns whether the condition held; removing what is not there holds. */
  remove(key: Key, condition?: Condition): Promise<boolean>;
  query(range: QueryRange): Promise<Page>;
  /**
   * All of these writes or none, in one call that costs twice the write units. 100 items at most, each
   * named once.
   * @returns whether all was written; not where a condition did not hold, nor where somebody else was
   *   writing to one of the items: then each write on its own says more. As with any write whose reply
   *   is lost, what was refused may have been written by the try before.
   */
  transact(writes: readonly Write[]): Promise<boolean>;
  /**
   * Tells of the next write by this process to an item, or to any of a partition, from the call on.
   * Absent where those that write are elsewhere.
   */
  watch?(watched: Key | { pk: string }): Watch;
  /** Told of an item that cannot be read, while the rest of a list goes on without it. */
  report?(error: UnreadableItem): void;
}

/** Items by their keys, in as few calls as the table takes. */
export const getMany = (table: Table, keys: readonly Key[]): Promise<(Item | undefined)[]> =>
  table.getMany ? table.getMany(keys) : Promise.all(keys.map((key) => table.get(key)));

/** An item that is not of its shape: what it is and where it lies, never what it holds. */
export interface UnreadableItem extends Error {
  readonly pk: string;
  readonly sk: string;
}

export interface Watch {
  written: Promise<void>;
  close(): void;
}

/** A cursor that is none of the list it was given to. */
export class MalformedCursor extends Error {
  override name = "MalformedCursor";
  constructor(options?: ErrorOptions) {
    super("The cursor is malformed or belongs to another list", options);
  }
}

/** The table, queue or object store could not be reached, or refused for lack of capacity. */
export class StoreUnavailable extends Error {
  override name = "StoreUnavailable";
}
