/**
 * The end of what one client has said to a bot: its conversations with every object, its lines of the
 * request log, what was claimed for its repeated requests. Ledger and audit log stay: they hold nothing
 * that was said.
 *
 * It is a job that is done a piece at a time by whoever is rung for it, and goes on from where it was
 * broken off: what is left is what there still is.
 */
export * as Erasure from "./index.ts";

import * as v from "valibot";
import * as Conversation from "../../conversations/conversation/index.ts";
import * as RequestLog from "../../conversations/request-log/index.ts";
import * as Run from "../../conversations/run/index.ts";
import * as Id from "../../foundation/id/index.ts";
import { type Clock, equals, type ObjectStore, type Table } from "../../ports/index.ts";
import * as Key from "../../publishing/key/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";
import * as Shape from "../../store/shape/index.ts";

export const Info = v.object({
  botId: v.string(),
  clientId: v.string(),
  status: v.picklist(["erasing", "erased"]),
  /** Epoch milliseconds; what is said after it is not this job's. */
  begunAt: v.number(),
  endedAt: v.nullable(v.number()),
  requestedBy: v.string(),
  conversations: v.number(),
  requests: v.number(),
  /** Where the present look through the request log goes on; `null` at its beginning. */
  cursor: v.nullable(v.string()),
  /** Whether the present look has found anything: then there is another. */
  found: v.boolean(),
});
export type Info = v.InferOutput<typeof Info>;
const shape = Shape.of("erasure", Info);

/** A conversation that was erased. */
const Erased = v.object({ botId: v.string(), clientId: v.string(), conversationId: v.string() });
const erasedShape = Shape.of("erased conversation", Erased);

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
}

export const Begin = v.pipe(
  v.strictObject({
    clientId: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
    /** Of a key that is there, or was: all keys of its client are meant. */
    keyId: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(40))),
  }),
  v.check(
    ({ clientId, keyId }) => (clientId === undefined) !== (keyId === undefined),
    "must name clientId or keyId, and not both",
  ),
);

/**
 * Accepts that what a client has said so far is erased. Asked for again, it begins anew: what was said
 * since goes too.
 * @throws ProblemError `not_found` where there is no such key.
 */
export async function begin(
  deps: Pick<Deps, "table" | "clock">,
  botId: string,
  { clientId, keyId = "" }: v.InferOutput<typeof Begin>,
  requestedBy: string,
): Promise<Info> {
  const erasure: Info = {
    botId,
    clientId: clientId ?? (await Key.clientOf(deps.table, botId, keyId)),
    status: "erasing",
    begunAt: deps.clock.now(),
    endedAt: null,
    requestedBy,
    conversations: 0,
    requests: 0,
    cursor: null,
    found: false,
  };
  await deps.table.put({
    ...shape.check(erasure),
    ...Layout.erasure(botId, erasure.clientId),
    ...Layout.inOpen(Layout.open.erasures, `${Layout.sortable(erasure.begunAt)}#${botId}`),
  });
  return erasure;
}

/** What was erased of a bot, or is being. */
export function list(table: Table, botId: string): Promise<Info[]> {
  const range = { pk: Layout.botPartition(botId), skPrefix: Layout.erasurePrefix };
  return Paging.all(table, range, shape.readAll);
}

/**
 * Removes tombstones of a bot's erased conversations, some of them: once it is gone, nobody can send to
 * these any more.
 * @returns how many conversations there were.
 */
export async function removeTombstones(deps: Deps, botId: string, limit: number): Promise<number> {
  const range = { pk: Layout.botPartition(botId), skPrefix: Layout.erasedPrefix, limit };
  const { items } = await deps.table.query(range);
  for (const erased of erasedShape.readAll(deps.table, items)) {
    await Conversation.Removal.erase(deps, erased);
  }
  for (const { pk, sk } of items) await deps.table.remove({ pk, sk });
  return items.length;
}

/** Removes what is noted of erasures of a bot that is gone. */
export async function forget(table: Table, botId: string): Promise<void> {
  for (const erasure of await list(table, botId)) {
    await table.remove(Layout.erasure(botId, erasure.clientId));
  }
}

/** Bots of which something is still to be erased, for the sweeper. */
export async function listOpen(table: Table): Promise<string[]> {
  const range = { index: "open", pk: Layout.open.erasures } as const;
  const open = await Paging.all(table, range, shape.readAll);
  return [...new Set(open.map(({ botId }) => botId))];
}

/** A piece takes about so long at most. */
const pieceMs = 3_000;
const pageSize = 25;

/** Does a piece of what there is to do of a bot. @returns whether nothing is left. */
export async function advance(deps: Deps, botId: string): Promise<boolean> {
  const until = deps.clock.now() + pieceMs;
  for (const erasure of await list(deps.table, botId)) {
    if (erasure.status === "erased") continue;
    if (!(await erase(deps, erasure, until))) return false;
  }
  return true;
}

/** @returns whether it is over, one way or another. */
async function erase(deps: Deps, begun: Info, until: number): Promise<boolean> {
  let current = begun;
  for (;;) {
    const conversations = current.cursor === null ? await eraseOpen(deps, current) : 0;
    const page = await RequestLog.list(deps.table, current.botId, {
      limit: pageSize,
      ...(current.cursor === null ? {} : { cursor: current.cursor }),
    });
    const mine = page.entries.filter(
      ({ clientId, runId }) => clientId === current.clientId && isBefore(runId, current),
    );
    const gone = conversations + (await eraseLogged(deps, mine));
    const found = current.found || gone > 0;
    const isOver = page.cursor === null && !found;
    const next = await note(deps, current, {
      conversations: current.conversations + gone,
      requests: current.requests + mine.length,
      cursor: page.cursor,
      // A look that has come to the end is followed by another, until one finds nothing.
      found: page.cursor === null ? false : found,
      ...(isOver && { status: "erased", endedAt: deps.clock.now() }),
    });
    if (!next || isOver) return true;
    current = next;
    if (deps.clock.now() > until) return false;
  }
}

const isBefore = (runId: string, { begunAt }: Info): boolean => Id.timeOf(runId) <= begunAt;

/** Conversations of the client in which something is open: they are in no log yet. */
async function eraseOpen(deps: Deps, { botId, clientId, begunAt }: Info): Promise<number> {
  const open = await Conversation.Mailbox.listOpenOf(deps.table, botId);
  const mine = open.filter(
    (head) => head.clientId === clientId && (head.createdAt ?? 0) <= begunAt,
  );
  for (const head of mine) await remove(deps, head);
  return mine.length;
}

/** Each line last: until then it says where something may lie. @returns conversations. */
async function eraseLogged(deps: Deps, entries: RequestLog.Entry[]): Promise<number> {
  const conversations = new Map(entries.map((entry) => [entry.conversationId, entry]));
  // A tombstone stays for two days, as the client may still send.
  for (const entry of conversations.values()) await remove(deps, entry);
  for (const keyId of new Set(entries.map((entry) => entry.keyId))) {
    await Conversation.forgetClaims(deps.table, keyId);
  }
  for (const entry of entries) await RequestLog.remove(deps.table, entry);
  return conversations.size;
}

/** Noted first: broken off in between, what there is of it is still found. */
async function remove(
  deps: Deps,
  { botId, clientId, conversationId }: v.InferOutput<typeof Erased>,
): Promise<void> {
  const erased = { botId, clientId, conversationId };
  await deps.table.put({
    ...erasedShape.check(erased),
    ...Layout.erased(erased),
    expiresAt: Layout.expiryAfter(deps.clock, Run.tombstoneSeconds),
  });
  await Conversation.Removal.remove(deps, erased);
}

/** Unless it has been begun anew meanwhile. */
async function note(deps: Deps, current: Info, changes: Partial<Info>): Promise<Info | undefined> {
  const next: Info = { ...current, ...changes };
  const item = await deps.table.update(
    Layout.erasure(current.botId, current.clientId),
    {
      set: shape.checkPart(changes),
      ...(next.status === "erased" && { remove: Layout.openNames }),
    },
    equals("begunAt", current.begunAt),
  );
  return item && shape.read(deps.table, item);
}
