/** Lists that are longer than one page of the table. */
export * as Paging from "./index.ts";

import type { Item, QueryRange, Table } from "../../ports/index.ts";

/** Every item of a range, page by page. */
export async function* items(
  table: Table,
  range: Omit<QueryRange, "cursor">,
): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page = await table.query({ ...range, cursor });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor);
}

/** Every item of a range that is known not to be endless, as `read` makes them. */
export async function all<T>(
  table: Table,
  range: Omit<QueryRange, "cursor">,
  read: (table: Table, items: readonly Item[]) => T[],
): Promise<T[]> {
  const found: Item[] = [];
  for await (const item of items(table, range)) found.push(item);
  return read(table, found);
}
