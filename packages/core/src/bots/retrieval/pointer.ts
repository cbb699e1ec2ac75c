import * as v from "valibot";
import { absent, equals, exists, type ObjectStore, type Table } from "../../ports/index.ts";
import { Layout } from "../../store/layout/index.ts";

/** Which index a bot is searched by. Each write of it adds one to its revision. */
const Pointer = v.object({
  botId: v.string(),
  indexId: v.string(),
  /** The one before it, until its objects are removed. */
  previousId: v.optional(v.nullable(v.string()), null),
  /** Of the sources that the index is of, and of how their text was taken apart. */
  digest: v.string(),
  /** Sources of the index that were removed since. */
  removed: v.array(v.string()),
  revision: v.number(),
  passages: v.number(),
  bytes: v.number(),
  builtAt: v.number(),
});
export type Pointer = v.InferOutput<typeof Pointer>;

export async function readPointer(table: Table, botId: string): Promise<Pointer | undefined> {
  const item = await table.get(Layout.searchIndex(botId));
  return item && v.parse(Pointer, item);
}

/** @returns whether nobody wrote it since `before` was read. */
export async function replacePointer(
  table: Table,
  before: Pointer | undefined,
  after: Omit<Pointer, "revision">,
): Promise<boolean> {
  const item = {
    ...Layout.searchIndex(after.botId),
    ...after,
    revision: (before?.revision ?? 0) + 1,
  };
  return table.put(item, before ? equals("revision", before.revision) : absent("pk"));
}

interface Deps {
  table: Table;
  objects: ObjectStore;
}

/** Passages of a removed source are not found any more, from now on. */
export async function strike(table: Table, botId: string, sourceId: string): Promise<void> {
  const change = { append: { removed: [sourceId] }, add: { revision: 1 } };
  await table.update(Layout.searchIndex(botId), change, exists("pk"));
}

/** Removes the index that was replaced. @returns the pointer to the present one. */
export async function clean(deps: Deps, botId: string): Promise<Pointer | undefined> {
  const pointer = await readPointer(deps.table, botId);
  if (!pointer?.previousId) return pointer;
  const { previousId } = pointer;
  await deps.objects.remove(indexPath(botId, previousId));
  const change = { set: { previousId: null }, add: { revision: 1 } };
  await deps.table.update(Layout.searchIndex(botId), change, equals("previousId", previousId));
  return readPointer(deps.table, botId);
}

/**
 * Removes an index of nothing, and the pointer to it last.
 * @returns whether nobody has put another one in its place.
 */
export async function discard(deps: Deps, { botId, indexId, revision }: Pointer): Promise<boolean> {
  await deps.objects.remove(indexPath(botId, indexId));
  return deps.table.remove(Layout.searchIndex(botId), equals("revision", revision));
}

/** Removes the index of a bot that has no sources any more. */
export async function removeIndex(deps: Deps, botId: string): Promise<void> {
  for (;;) {
    const pointer = await clean(deps, botId);
    if (!pointer || (await discard(deps, pointer))) return;
  }
}

export const indexPath = (botId: string, indexId: string): string =>
  `knowledge/${botId}/index/${indexId}`;
