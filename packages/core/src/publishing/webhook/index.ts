/**
 * The owner's webhook of a publication: its signing secrets, and how its server has done. Where it is
 * and what it is told is a setting of the publication; what is sent is `conversations/delivery`.
 */
export * as Webhook from "./index.ts";

import * as v from "valibot";
import {
  absent,
  all,
  type Clock,
  differs,
  equals,
  exists,
  type Randomness,
  type Table,
} from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Shape from "../../store/shape/index.ts";
import { generate } from "./signature.ts";

export { Address, Kind, kinds, Settings } from "./settings.ts";
export { headersOf, Secret } from "./signature.ts";

export const Reason = v.picklist(["gone", "failing"]);
export type Reason = v.InferOutput<typeof Reason>;

export const Info = v.object({
  botId: v.string(),
  secret: v.string(),
  /** Epoch milliseconds. */
  secretAt: v.number(),
  /** Signs too until its time is over. */
  former: v.nullable(v.object({ secret: v.string(), until: v.number() })),
  /** Since when nothing has arrived; `null` where the last delivery did. */
  failingSince: v.nullable(v.number()),
  deliveredAt: v.nullable(v.number()),
  /** Nothing is sent until the owner switches it on again. */
  disabled: v.nullable(v.object({ at: v.number(), reason: Reason })),
});
export type Info = v.InferOutput<typeof Info>;
const shape = Shape.of("webhook", Info);

export const Rotate = v.strictObject({
  /** How long the old secret goes on signing beside the new one. 0 ends it at once. */
  graceSeconds: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(30 * 86_400)),
    86_400,
  ),
});

interface Deps {
  table: Table;
  clock: Clock;
  randomness: Randomness;
}

export async function fromBot(table: Table, botId: string): Promise<Info | undefined> {
  return shape.find(table, Layout.webhook(botId));
}

/**
 * Makes the signing secret of a webhook that has none.
 * @returns the secret where it is new: it is not shown again.
 */
export async function prepare(deps: Deps, botId: string): Promise<string | null> {
  const secret = generate(deps.randomness);
  const webhook: Info = {
    botId,
    secret,
    secretAt: deps.clock.now(),
    former: null,
    failingSince: null,
    deliveredAt: null,
    disabled: null,
  };
  const item = { ...shape.check(webhook), ...Layout.webhook(botId) };
  return (await deps.table.put(item, absent("pk"))) ? secret : null;
}

/**
 * A new secret; the old one signs beside it for a grace.
 * @throws ProblemError `not_found` where there is no webhook, `conflict` where another was quicker.
 */
export async function rotate(
  deps: Deps,
  botId: string,
  { graceSeconds }: v.InferOutput<typeof Rotate>,
): Promise<string> {
  const webhook = await fromBot(deps.table, botId);
  if (!webhook) throw none();
  const secret = generate(deps.randomness);
  const now = deps.clock.now();
  const former = { secret: webhook.secret, until: now + graceSeconds * 1000 };
  const written = await deps.table.update(
    Layout.webhook(botId),
    { set: { secret, secretAt: now, former: graceSeconds > 0 ? former : null } },
    equals("secret", webhook.secret),
  );
  if (written) return secret;
  throw new Problem.ProblemError("conflict", "The secret was rotated meanwhile. Read it again.");
}

const none = () =>
  new Problem.ProblemError("not_found", "This publication has no webhook. Set its address first.");

/** Lets it be sent to again. Does nothing where there is none. */
export async function enable(table: Table, botId: string): Promise<void> {
  const set = { disabled: null, failingSince: null };
  await table.update(Layout.webhook(botId), { set }, exists("pk"));
}

/** Its secrets end with it. */
export async function remove(table: Table, botId: string): Promise<void> {
  await table.remove(Layout.webhook(botId));
}

/** The secrets that sign now, the newest first. */
export const secretsOf = ({ secret, former }: Info, now: number): string[] => [
  secret,
  ...(former && former.until > now ? [former.secret] : []),
];

/** Something has arrived. Not a write for each delivery: a minute's are one. */
export async function noteDelivered(
  { table, clock }: Pick<Deps, "table" | "clock">,
  webhook: Info,
): Promise<void> {
  const now = clock.now();
  const lately = webhook.deliveredAt !== null && now - webhook.deliveredAt < 60_000;
  if (lately && webhook.failingSince === null) return;
  const set = { failingSince: null, deliveredAt: now };
  await table.update(Layout.webhook(webhook.botId), { set }, exists("pk"));
}

/**
 * A delivery has failed. Where none has arrived for too long, or the server says that it is gone for
 * good, nothing is sent any more.
 * @param gone it answered 410.
 * @returns why it has just been switched off.
 */
export async function noteFailed(
  { table, clock }: Pick<Deps, "table" | "clock">,
  webhook: Info,
  { gone, patienceMs }: { gone: boolean; patienceMs: number },
): Promise<Reason | undefined> {
  const now = clock.now();
  const key = Layout.webhook(webhook.botId);
  const since = webhook.failingSince;
  const reason: Reason | undefined = gone
    ? "gone"
    : since !== null && now - since >= patienceMs
      ? "failing"
      : undefined;
  if (reason) {
    const set = { disabled: { at: now, reason }, failingSince: since ?? now };
    const still = all(exists("pk"), equals("disabled", null));
    // Whoever has been delivered to meanwhile is not failing.
    const same = gone ? still : all(still, equals("failingSince", since));
    return (await table.update(key, { set }, same)) ? reason : undefined;
  }
  if (since === null) {
    const fresh = all(exists("pk"), equals("failingSince", null));
    const unmoved = all(fresh, differs("deliveredAt", now));
    await table.update(key, { set: { failingSince: now } }, unmoved);
  }
  return undefined;
}
