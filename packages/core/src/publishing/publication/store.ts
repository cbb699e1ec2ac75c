import type { Id } from "../../foundation/id/index.ts";
import {
  absent,
  any,
  type Clock,
  type Condition,
  equals,
  type Item,
  type Table,
  type Value,
} from "../../ports/index.ts";
import { Info, isUnconfirmed, withoutStack } from "./info.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";
import * as Shape from "../../store/shape/index.ts";

const shape = Shape.of("publication", Info, {
  // In older items the handle of the stack lies open.
  older: ({ restApiId, usagePlanId, ...item }) => ({
    stack: restApiId && usagePlanId ? { restApiId, usagePlanId } : null,
    ...item,
  }),
});

export interface StoreDeps {
  table: Table;
  clock: Clock;
  ids: Id.Ids;
}

export async function fromBot(table: Table, botId: string): Promise<Info | undefined> {
  const item = await table.get(Layout.publication(botId));
  return item && fromItem(table, item);
}

/**
 * The publication in an item of the table. Each write gives it another revision, so that one is read
 * by its schema once: every request of a published bot comes by here.
 */
export function fromItem(table: Table, item: Item): Info {
  const recent = recentOf.get(table) ?? new Map<Value | undefined, Info>();
  recentOf.set(table, recent);
  const known = recent.get(item.botId);
  if (known && known.revision !== "" && known.revision === item.revision) return known;
  const publication = shape.read(table, item);
  if (recent.size >= recentMax) recent.clear();
  recent.set(publication.botId, publication);
  return publication;
}

const recentMax = 1_000;
const recentOf = new WeakMap<Table, Map<Value | undefined, Info>>();

/** Publications that the deployer has not finished, oldest act first. */
export async function listInFlight(table: Table): Promise<Info[]> {
  const page = await table.query({ index: "open", pk: Layout.open.publications, limit: 100 });
  return shape.readAll(table, page.items);
}

/** All publications, of all owners, the newest bot's first; for the administrator. */
export async function list(
  table: Table,
  options: { limit: number; cursor?: string | undefined },
): Promise<{ publications: Info[]; cursor: string | null }> {
  const newestFirst = {
    index: "listing",
    pk: Layout.listing.publications,
    descending: true,
  } as const;
  const page = await table.query({ ...newestFirst, ...options });
  return { publications: shape.readAll(table, page.items), cursor: page.cursor ?? null };
}

/** Every publication there ever was, those that are unpublished too. */
export function listEvery(table: Table): Promise<Info[]> {
  return Paging.all(table, { index: "listing", pk: Layout.listing.publications }, shape.readAll);
}

/** @returns whether it was written: there was none, or one that has ended. */
export function add(deps: Pick<StoreDeps, "table">, publication: Info): Promise<boolean> {
  const startable = any(absent("pk"), equals("status", "unpublished"), equals("status", "failed"));
  return deps.table.put(toItem(publication), startable);
}

/** Writes what the deployer found out, unless another act has begun meanwhile. */
export async function save(
  deps: StoreDeps,
  publication: Info,
  changes: Partial<Info>,
): Promise<Info | undefined> {
  const operationId = publication.operation?.operationId;
  if (!operationId) return undefined;
  return write(deps, publication, changes, equals("operationId", operationId));
}

/**
 * Removes what is left of a publication whose bot is gone, at the end of the act that deletes both. In
 * the ledger a line stays that says whose it was and what it was called: its costs are still summed.
 */
export async function forget(table: Table, publication: Info): Promise<void> {
  const { botId, operation } = publication;
  const ended: Info = {
    ...publication,
    ...withoutStack,
    status: "unpublished",
    operation: null,
    progress: null,
    failure: null,
    upgrade: null,
    publishedAt: null,
  };
  await table.put({ ...toItem(ended), ...Layout.ledgerAccount(botId) });
  await table.remove(
    Layout.publication(botId),
    equals("operationId", operation?.operationId ?? "none"),
  );
}

/** Writes changes, unless anybody has written since `publication` was read. */
export function amend(
  deps: StoreDeps,
  publication: Info,
  changes: Partial<Info>,
): Promise<Info | undefined> {
  const { revision } = publication;
  const unchanged = revision === "" ? absent("revision") : equals("revision", revision);
  return write(deps, publication, changes, unchanged);
}

async function write(
  { table, clock, ids }: StoreDeps,
  publication: Info,
  changes: Partial<Info>,
  condition: Condition,
): Promise<Info | undefined> {
  const stamp = { updatedAt: clock.now(), revision: ids.ulid() };
  const next = { ...publication, ...changes, ...stamp };
  return (await table.put(toItem(next), condition)) ? next : undefined;
}

function toItem(publication: Info): Item {
  const { operation, upgrade } = publication;
  const openSk =
    operation?.operationId ??
    (upgrade?.state === "in_progress" ? upgrade.upgradeId : undefined) ??
    (isUnconfirmed(publication) ? publication.botId : undefined);
  return {
    ...shape.check(publication),
    ...Layout.publication(publication.botId),
    ...Layout.inListing(Layout.listing.publications, publication.botId),
    ...(operation ? { operationId: operation.operationId } : {}),
    ...(openSk && Layout.inOpen(Layout.open.publications, openSk)),
  };
}
