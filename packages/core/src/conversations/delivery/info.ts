import * as v from "valibot";
import * as Members from "../../foundation/members/index.ts";
import type { EndedRun } from "../../ports/index.ts";
import * as Webhook from "../../publishing/webhook/index.ts";
import * as Shape from "../../store/shape/index.ts";
import { responseAddress } from "../run/address.ts";

/** What a webhook is told; `webhook.test` is sent on the owner's request. */
const Type = v.picklist([...Webhook.kinds, "webhook.test"]);

const Try = v.object({
  /** Epoch milliseconds. */
  at: v.number(),
  durationMs: v.number(),
  /** Of the answer; `null` where there was none. */
  status: v.nullable(v.number()),
  /** Why it has not arrived, in words for the owner. */
  failure: v.nullable(v.string()),
});

export const Info = v.object({
  /** `webhook-id`: the same with each try, another one for each end of a run and each receiver. */
  deliveryId: v.string(),
  botId: v.string(),
  type: Type,
  /** Epoch milliseconds of what it tells. */
  createdAt: v.number(),
  data: Members.of(v.string(), v.nullable(v.string())),
  /** `null`: to the publication's webhook, wherever that is by then. */
  target: v.nullable(v.object({ url: v.string(), secret: v.string() })),
  /** `dropped`: there was no webhook any more, or it was switched off. */
  status: v.picklist(["waiting", "delivered", "failed", "dropped"]),
  /** Begun so far, since it was last sent off. */
  attempts: v.number(),
  /** Epoch milliseconds; of the last ones only. */
  tries: v.array(Try),
  /** When the next one is due; `null` where none is. */
  dueAt: v.nullable(v.number()),
  /** Epoch seconds. */
  expiresAt: v.number(),
});
export type Info = v.InferOutput<typeof Info>;
export type Try = v.InferOutput<typeof Try>;

export const shape = Shape.of("delivery", Info, { mend: { tries: [] } });

/** The body, byte for byte the same with each try: what is signed is what is sent. */
export const bodyOf = ({ deliveryId, type, createdAt, data }: Info): string =>
  JSON.stringify({
    id: deliveryId,
    object: "event",
    type,
    created_at: Math.floor(createdAt / 1000),
    data,
  });

/**
 * What a run's end tells: where the answer is, and nothing of what was said. `id` is what the face
 * calls it by which it was asked.
 */
export function dataOf(run: EndedRun): Info["data"] {
  const { conversationId, runId, status, botId } = run;
  const isResponse = conversationId === responseAddress(run, runId).conversationId;
  return {
    id: isResponse ? conversationId : runId,
    bot_id: botId,
    conversation_id: conversationId,
    message_id: runId,
    status,
  };
}
