import * as v from "valibot";
import {
  absent,
  type Clock,
  equals,
  exists,
  type ObjectStore,
  type Table,
  type VectorStore,
} from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";

/** Which index a bot is searched by. Each write of it adds one to its revision. */
const Pointer = v.object({
  botId: v.string(),
  /** None before the first one is whole. */
  indexId: v.nullable(v.string()),
  /** Of the sources that the index is of, and of how their text was taken apart. */
  digest: v.string(),
  /** Sources of the index that were removed since. */
  removed: v.array(v.string()),
  /** Indexes that may be written at this moment: known before they are, so that none is forgotten. */
  announced: v.array(v.string()),
  /** Indexes that served before this one, until they are removed. */
  replaced: v.array(v.string()),
  revision: v.number(),
  passages: v.number(),
  bytes: v.number(),
  builtAt: v.number(),
});
export type Pointer = v.InferOutput<typeof Pointer>;

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
}

export const indexPath = (botId: string, indexId: string): string =>
  `knowledge/${botId}/index/${indexId}`;

export async function readPointer(table: Table, botId: string): Promise<Pointer | undefined> {
  const item = await table.get(Layout.searchIndex(botId));
  return item && v.parse(Pointer, item);
}

/** @returns the pointer as it is now; `undefined` where somebody wrote it since `before` was read. */
async function write(
  table: Table,
  before: Pointer | undefined,
  changed: Omit<Pointer, "revision">,
): Promise<Pointer | undefined> {
  const pointer = { ...changed, revision: (before?.revision ?? 0) + 1 };
  const item = { ...Layout.searchIndex(pointer.botId), ...pointer };
  const unchanged = before ? equals("revision", before.revision) : absent("pk");
  return (await table.put(item, unchanged)) ? pointer : undefined;
}

/** An index that is written at this moment is not older than this; a function ends before. */
const writingMaxMs = 15 * 60_000;

/** The index is named, and nothing is kept of it yet but that it may be. */
export interface Announced {
  indexId: string;
  pointer: Pointer;
  /** What lies under its name already tells of vectors: it stays until those are removed. */
  tellsVectors?: boolean;
}

/**
 * Names the index that is written next, before anything of it lies anywhere: what somebody died over
 * is found by it.
 * @returns `undefined` where somebody has written the pointer since `before`.
 */
export async function announce(
  deps: Deps,
  botId: string,
  before: Pointer | undefined,
): Promise<Announced | undefined> {
  const now = deps.clock.now();
  const indexId = `${now.toString(36)}-${(before?.revision ?? 0) + 1}`;
  const none = { botId, indexId: null, digest: "", removed: [], replaced: [], announced: [] };
  const known = before ?? { ...none, passages: 0, bytes: 0, builtAt: now };
  const pointer = await write(deps.table, before, {
    ...known,
    announced: [...known.announced, indexId],
  });
  return pointer && { indexId, pointer };
}

/**
 * Writes an announced index and points the bot to it, where nobody has written the pointer since.
 * @returns whether the bot is searched by it now.
 */
export async function point(
  deps: Deps,
  botId: string,
  { indexId, pointer: announced, tellsVectors = false }: Announced,
  { bytes, ...facts }: { bytes: Uint8Array; digest: string; passages: number },
): Promise<boolean> {
  await deps.objects.put(indexPath(botId, indexId), bytes, "application/octet-stream");
  const pointed = await write(deps.table, announced, {
    ...announced,
    ...facts,
    indexId,
    bytes: bytes.byteLength,
    builtAt: deps.clock.now(),
    removed: [],
    announced: announced.announced.filter((id) => id !== indexId),
    replaced: [...announced.replaced, ...(announced.indexId ? [announced.indexId] : [])],
  });
  if (pointed) return true;
  const current = await readPointer(deps.table, botId);
  if (current?.indexId !== indexId && !tellsVectors) {
    await deps.objects.remove(indexPath(botId, indexId));
  }
  return current?.indexId === indexId;
}

/** Passages of a removed source are not found any more, from now on. */
export async function strike(table: Table, botId: string, sourceId: string): Promise<void> {
  const change = { append: { removed: [sourceId] }, add: { revision: 1 } };
  await table.update(Layout.searchIndex(botId), change, exists("pk"));
}

/**
 * Removes indexes that were replaced, or that somebody died over.
 * @param release whether what depends on them is gone: else they stay until the next time.
 * @returns the pointer since.
 */
export async function clean(
  deps: Deps,
  botId: string,
  release: (pointer: Pointer, gone: readonly string[]) => Promise<boolean>,
): Promise<Pointer | undefined> {
  for (;;) {
    const pointer = await readPointer(deps.table, botId);
    if (!pointer) return undefined;
    const before = deps.clock.now() - writingMaxMs;
    const left = pointer.announced.filter((id) => Number.parseInt(id, 36) < before);
    const gone = [...pointer.replaced, ...left];
    if (gone.length === 0 || !(await release(pointer, gone))) return pointer;
    // Whoever is late with one of them cannot point to it after this.
    const fenced = await write(deps.table, pointer, pointer);
    if (!fenced) continue;
    for (const id of gone) await deps.objects.remove(indexPath(botId, id));
    const announced = pointer.announced.filter((id) => !left.includes(id));
    const cleaned = await write(deps.table, fenced, { ...fenced, announced, replaced: [] });
    if (cleaned) return cleaned;
  }
}

/** Removes all indexes of a bot that has no sources any more, and the pointer last. */
export async function removeIndex(
  deps: Omit<Deps, "clock"> & { vectors?: Pick<VectorStore, "removeAll"> | undefined },
  botId: string,
): Promise<void> {
  for (;;) {
    const pointer = await readPointer(deps.table, botId);
    if (!pointer) return;
    await deps.vectors?.removeAll(botId);
    const { indexId, announced, replaced, revision } = pointer;
    for (const id of [...announced, ...replaced, ...(indexId ? [indexId] : [])]) {
      await deps.objects.remove(indexPath(botId, id));
    }
    if (await deps.table.remove(Layout.searchIndex(botId), equals("revision", revision))) return;
  }
}
