import * as v from "valibot";
import type { Clock, Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";
import * as Shape from "../../store/shape/index.ts";

/** What a key was called: its requests are told by it when it is gone. */
export const Former = v.object({
  keyId: v.string(),
  label: v.string(),
  last4: v.string(),
  purpose: v.picklist(["client", "probe"]),
  /** Whose it was; `null` where it was removed before that was noted. */
  clientId: v.optional(v.nullable(v.string()), null),
});
export type Former = v.InferOutput<typeof Former>;
const shape = Shape.of("former key", Former);

/** Longer than the request log keeps anything. */
const keptSeconds = 100 * 86_400;

export async function noteFormer(
  deps: { table: Table; clock: Clock },
  botId: string,
  key: Former,
): Promise<void> {
  await deps.table.put({
    ...shape.check(v.parse(Former, key)),
    ...Layout.formerKey(botId, key.keyId),
    expiresAt: Layout.expiryAfter(deps.clock, keptSeconds),
  });
}

export async function findFormer(
  table: Table,
  botId: string,
  keyId: string,
): Promise<Former | undefined> {
  return shape.find(table, Layout.formerKey(botId, keyId));
}

/** What was noted of a bot's keys goes with the bot. */
export async function forgetFormer(table: Table, botId: string): Promise<void> {
  for (const { keyId } of await listFormer(table, botId)) {
    await table.remove(Layout.formerKey(botId, keyId));
  }
}

export const listFormer = (table: Table, botId: string): Promise<Former[]> =>
  Paging.all(
    table,
    { pk: Layout.botPartition(botId), skPrefix: Layout.formerKeyPrefix },
    shape.readAll,
  );
