import * as v from "valibot";
import * as Members from "../../foundation/members/index.ts";
import type { Item, Key as TableKey, Value } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Shape from "../../store/shape/index.ts";

const actions = [
  "bot.create",
  "bot.update",
  "bot.share",
  "bot.delete",
  "bot.test",
  "knowledge.add",
  "knowledge.edit",
  "knowledge.sync",
  "knowledge.remove",
  "tool.add",
  "tool.edit",
  "tool.secret",
  "tool.refresh",
  "tool.approve",
  "tool.test",
  "tool.remove",
  "publication.publish",
  "publication.update",
  "publication.pause",
  "publication.resume",
  "publication.unpublish",
  "publication.upgrade",
  "key.create",
  "key.update",
  "key.rotate",
  "key.delete",
  "key.revoke",
  "webhook.rotate",
  "webhook.enable",
  "webhook.test",
  "webhook.redeliver",
  "run.redrive",
  "owner.budget",
  "session.begin",
  "bot.read",
  "knowledge.read",
  "tool.read",
  "run.read",
  "key.read",
  "client.erase",
] as const;
export const Action = v.picklist(actions);
export type Action = v.InferOutput<typeof Action>;

export const Outcome = v.picklist(["begun", "done", "refused", "failed"]);

const Snapshot = v.nullable(Members.of(v.string(), v.unknown()));

export const Entry = v.object({
  /** A ULID: entries sort by when they were begun. */
  auditId: v.string(),
  /** Epoch milliseconds. */
  at: v.number(),
  actor: v.object({ userId: v.string(), username: v.string() }),
  action: Action,
  botId: v.nullable(v.string()),
  /** Whose bot it is. */
  ownerId: v.optional(v.nullable(v.string()), null),
  /** By an administrator, to somebody else's bot: who stays its owner. */
  asAdmin: v.optional(v.boolean(), false),
  /** Id of the key, run or source it was done to; `null` where that is the bot itself. */
  targetId: v.nullable(v.string()),
  /** `begun`: it is not known how it ended; the process was lost in the middle of it. */
  outcome: Outcome,
  /** Why it was refused. */
  errorCode: v.nullable(v.string()),
  /** What was changed, as it was and as it is. Never a secret. */
  before: Snapshot,
  after: Snapshot,
});
export type Entry = v.InferOutput<typeof Entry>;
export const shape = Shape.of("audit entry", Entry);

export const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);

export const keyOf = ({ at, auditId }: Pick<Entry, "at" | "auditId">): TableKey => ({
  pk: Layout.auditPartition(monthOf(at)),
  sk: `${Layout.sortable(at)}#${auditId}`,
});

export const toItem = (entry: Entry): Item => ({
  ...shape.check(entry),
  // They came from JSON and hold nothing that a table could not.
  before: entry.before as Value,
  after: entry.after as Value,
  ...keyOf(entry),
});
