/**
 * Deliveries: what webhooks are told of the ends of runs. A delivery is put when a run ends, before
 * that leaves its mailbox, and tried until its receiver says 2xx: at least once, in any order. Queue
 * messages name it and carry nothing that could be lost; the sweeper rings for what is overdue.
 */
export * as Delivery from "./index.ts";

import * as v from "valibot";
import {
  type Clock,
  type EndedRun,
  type EndOfRunHook,
  type Log,
  type Queue,
  type Table,
} from "../../ports/index.ts";
import type { Id } from "../../foundation/id/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as Layout from "../../store/layout/index.ts";
import { dataOf, type Info } from "./info.ts";
import { attempt, type SendDeps } from "./send.ts";
import { add, fromId, keptSeconds, reopen, take } from "./store.ts";

export { bodyOf, type Info, type Try } from "./info.ts";
export { fromId, list, listDue, removeSome } from "./store.ts";

interface RingDeps {
  table: Table;
  clock: Clock;
  log: Log;
  webhookQueue: Queue;
}

export type Deps = RingDeps & SendDeps;

/** Tells those who want to know of a run's end that it has ended. */
export function createHook(deps: RingDeps): EndOfRunHook {
  async function tellWebhooks(run: EndedRun): Promise<void> {
    const { owner, caller } = run.webhooks;
    const sends: Promise<void>[] = [];
    if (owner) sends.push(send(deps, ofEnd(deps, run, "owner", null)));
    if (caller) sends.push(send(deps, ofEnd(deps, run, "caller", caller)));
    await Promise.all(sends);
  }
  const concerns: EndOfRunHook["concerns"] = ({ webhooks: { owner, caller } }) =>
    owner || caller !== null;
  return Object.assign(tellWebhooks, { concerns });
}

const ofEnd = (
  { clock }: RingDeps,
  run: EndedRun,
  to: "owner" | "caller",
  target: Info["target"],
): Info => ({
  ...waiting(clock),
  // Of this end and this receiver: the hook may be called again for it.
  deliveryId: `evt_${run.runId}_${run.redrives}${to === "owner" ? "" : "_caller"}`,
  botId: run.botId,
  type: `response.${run.status}`,
  data: dataOf(run),
  target,
});

const waiting = (clock: Clock) => {
  const now = clock.now();
  return {
    createdAt: now,
    dueAt: now,
    status: "waiting" as const,
    attempts: 0,
    tries: [],
    expiresAt: Layout.expiryAfter(clock, keptSeconds),
  };
};

async function send(deps: RingDeps, delivery: Info): Promise<void> {
  if (await add(deps.table, delivery)) await ring(deps, delivery);
}

/** Sends a test event to the publication's webhook. */
export async function test(deps: RingDeps & { ids: Id.Ids }, botId: string): Promise<Info> {
  const delivery: Info = {
    ...waiting(deps.clock),
    deliveryId: `evt_${deps.ids.ulid()}_test`,
    botId,
    type: "webhook.test",
    data: { bot_id: botId },
    target: null,
  };
  await send(deps, delivery);
  return delivery;
}

/**
 * The owner's repetition of a delivery that is over.
 * @throws ProblemError `not_found`; `conflict` while it is still being tried.
 */
export async function again(deps: RingDeps, botId: string, deliveryId: string): Promise<Info> {
  const delivery = await fromId(deps.table, botId, deliveryId);
  if (!delivery || Layout.isOver(deps.clock, delivery)) {
    throw new Problem.ProblemError("not_found", "This publication has no such delivery.");
  }
  const opened = delivery.status === "waiting" ? undefined : await reopen(deps, delivery);
  if (!opened) {
    throw new Problem.ProblemError(
      "conflict",
      "It is still being tried. Wait until that has ended, or has failed for good.",
    );
  }
  await ring(deps, opened);
  return opened;
}

const Body = v.object({ botId: v.string(), deliveryId: v.string() });
type Bell = v.InferOutput<typeof Body>;

/** The delivery that a queue message names. @throws ValiError or SyntaxError where it names none. */
export const parse = (body: string): Bell => v.parse(Body, JSON.parse(body));

/** One bot's slow receiver does not delay another's. */
export const groupOf = ({ botId }: Bell): string => botId;

/** SQS delays a message by no more. */
const delayMax = 900;

/** Asks for a try; where that cannot be sent nothing is lost, for the sweeper asks again. */
export async function ring(
  { webhookQueue, log }: Pick<RingDeps, "webhookQueue" | "log">,
  { botId, deliveryId }: Bell,
  delaySeconds = 0,
): Promise<void> {
  const body = JSON.stringify({ botId, deliveryId });
  try {
    await webhookQueue.send(body, { group: botId, delaySeconds });
  } catch (cause) {
    log.warn("bell of a delivery not sent; the sweeper will ring", { botId, deliveryId, cause });
  }
}

/**
 * Tries the delivery that a queue message names, if it is due.
 * @throws StoreUnavailable
 */
export async function deliver(deps: Deps, { botId, deliveryId }: Bell): Promise<void> {
  const delivery = await fromId(deps.table, botId, deliveryId);
  if (delivery?.status !== "waiting" || delivery.dueAt === null) return;
  const earlyMs = delivery.dueAt - deps.clock.now();
  // Not yet: another message is on its way, or the sweeper's turn comes.
  if (earlyMs > 0) return earlyMs < earlyMax ? ring(deps, delivery, 1) : undefined;
  const taken = await take(deps, delivery, deps.policy.webhookTimeoutMs * 2);
  if (!taken) return;
  const wait = await attempt(deps, taken);
  if (wait !== null && wait <= delayMax) await ring(deps, delivery, Math.ceil(wait));
}

/** Clocks of two machines differ by less. */
const earlyMax = 5_000;
