import type { Item, Table, Value } from "@outlet/core/ports";

/** Which function was given it. */
export type Kind = "authorizer" | "published-api";

const keyOf = (row: string, kind: Kind) => ({ pk: `EVENT#${row}`, sk: kind });

/** Keeps the event of a request that names itself in `x-row`. */
export async function recordEvent(
  table: Table,
  kind: Kind,
  event: { headers: Record<string, string | undefined> | null; body?: string | null },
): Promise<void> {
  const named = Object.entries(event.headers ?? {}).find(([name]) => /^x-row$/i.test(name))?.[1];
  if (!named) return;
  // An item takes 400 KB.
  const body = event.body && event.body.slice(0, 10_000);
  const json = JSON.stringify({ ...event, ...(body !== undefined && { body }) });
  await table.put({ ...keyOf(named, kind), json } satisfies Item);
}

export async function recordedEvent(table: Table, row: string, kind: Kind): Promise<Value> {
  const item = await table.get(keyOf(row, kind));
  return typeof item?.json === "string" ? (JSON.parse(item.json) as Value) : null;
}
