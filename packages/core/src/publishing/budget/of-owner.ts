import * as v from "valibot";
import type { Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Shape from "../../store/shape/index.ts";
import { Limit } from "./limit.ts";

const shape = Shape.of(
  "owner's budget",
  v.object({ ownerId: v.string(), limit: v.nullable(Limit) }),
);

/** What all bots of an owner together may spend; `null`: no limit. */
export async function ofOwner(table: Table, ownerId: string): Promise<Limit | null> {
  const item = await table.get(Layout.ownerBudget(ownerId));
  return item ? shape.read(table, item).limit : null;
}

export async function setOfOwner(
  table: Table,
  ownerId: string,
  limit: Limit | null,
): Promise<void> {
  await table.put({ ...shape.check({ ownerId, limit }), ...Layout.ownerBudget(ownerId) });
}
